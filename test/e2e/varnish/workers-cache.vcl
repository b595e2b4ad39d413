vcl 4.1;

# Varnish in the place of Workers Cache: in front of both entrypoints of the Worker, keyed by entrypoint, path and query,
# obeying Cloudflare-CDN-Cache-Control. Source: https://developers.cloudflare.com/workers/cache/
import std;

backend worker {
  .host = "127.0.0.1";
  .port = "@WORKER_PORT@";
}

sub vcl_recv {
  if (req.restarts == 0) {
    unset req.http.X-Cache-Status;
    unset req.http.X-Must-Fetch;
    unset req.http.X-Usable-If-Error;
    unset req.http.X-Failed;
    # Tells the Worker which entrypoint is meant: one port is the public one, the other is that of Images.
    set req.http.X-Entrypoint = local.socket;
  }
  # A purge inside the entrypoint of this port: by tag, whatever its case, or by how a path begins.
  if (req.method == "PURGE") {
    std.ban("obj.http.X-Entrypoint == " + local.socket + " && obj.http.Cache-Tag ~ (?i)(^|,)(" + req.http.X-Purge-Tags + ")(,|$)");
    std.ban("obj.http.X-Entrypoint == " + local.socket + " && obj.http.X-Path ~ " + req.http.X-Purge-Paths);
    if (std.ban_error() != "") {
      return (synth(500, std.ban_error()));
    }
    return (synth(200, "Purged"));
  }
  if ((req.method != "GET" && req.method != "HEAD") || req.http.Upgrade) {
    return (pass);
  }
  # A stale copy is looked for unless it was found to be too old, and then again if the fetch failed.
  if (req.http.X-Must-Fetch && !req.http.X-Failed) {
    set req.grace = 0s;
  } else {
    set req.grace = 3650d;
  }
  return (hash);
}

sub vcl_hash {
  hash_data(local.socket);
  hash_data(req.url);
  return (lookup);
}

sub vcl_hit {
  if (obj.ttl > 0s) {
    set req.http.X-Cache-Status = "HIT";
    return (deliver);
  }
  # Varnish fetches a new copy in the background when it delivers a stale one.
  if (obj.ttl + std.duration(obj.http.X-Stale-While-Revalidate + "s", 0s) > 0s) {
    set req.http.X-Cache-Status = "UPDATING";
    return (deliver);
  }
  if (req.http.X-Failed) {
    set req.http.X-Cache-Status = "STALE";
    return (deliver);
  }
  if (obj.ttl + std.duration(obj.http.X-Stale-If-Error + "s", 0s) > 0s) {
    set req.http.X-Usable-If-Error = "yes";
  }
  set req.http.X-Must-Fetch = "yes";
  return (restart);
}

sub vcl_miss {
  set req.http.X-Cache-Status = "MISS";
}

sub vcl_pass {
  set req.http.X-Cache-Status = "BYPASS";
}

sub vcl_backend_fetch {
  # Nothing more is fetched for a copy that is used because a fetch has just failed.
  if (bereq.is_bgfetch && bereq.http.X-Failed) {
    return (abandon);
  }
}

sub vcl_backend_response {
  if (beresp.status >= 500 && (bereq.is_bgfetch || bereq.http.X-Usable-If-Error)) {
    return (abandon);
  }
  # What a purge looks for.
  set beresp.http.X-Entrypoint = bereq.http.X-Entrypoint;
  set beresp.http.X-Path = bereq.url;
  set beresp.http.X-Control = beresp.http.Cache-Control;
  if (beresp.http.Cloudflare-CDN-Cache-Control) {
    set beresp.http.X-Control = beresp.http.Cloudflare-CDN-Cache-Control;
  }
  if (beresp.http.X-Control ~ "(no-store|private)" || beresp.http.Set-Cookie || beresp.status == 206 || beresp.http.Vary ~ "\*") {
    set beresp.uncacheable = true;
    set beresp.ttl = 0s;
    set beresp.grace = 0s;
    set beresp.keep = 0s;
    return (deliver);
  }
  set beresp.http.X-Stale-While-Revalidate = regsub(beresp.http.X-Control, "^.*stale-while-revalidate=(\d+).*$", "\1");
  set beresp.http.X-Stale-If-Error = regsub(beresp.http.X-Control, "^.*stale-if-error=(\d+).*$", "\1");
  set beresp.ttl = std.duration(regsub(beresp.http.X-Control, "^(.*[ ,])?max-age=(\d+).*$", "\2") + "s", 0s) - beresp.age;
  # How old a copy may be at all is decided where it is found; it is kept to be compared with a newer one.
  set beresp.grace = 3650d;
  set beresp.keep = 0s;
  return (deliver);
}

sub vcl_synth {
  if (req.http.X-Usable-If-Error && !req.http.X-Failed) {
    set req.http.X-Failed = "yes";
    return (restart);
  }
}

sub vcl_deliver {
  if (obj.uncacheable) {
    set req.http.X-Cache-Status = "BYPASS";
  }
  set resp.http.Cf-Cache-Status = req.http.X-Cache-Status;
  unset resp.http.Cloudflare-CDN-Cache-Control;
  unset resp.http.Cache-Tag;
  unset resp.http.X-Entrypoint;
  unset resp.http.X-Path;
  unset resp.http.X-Control;
  unset resp.http.X-Stale-While-Revalidate;
  unset resp.http.X-Stale-If-Error;
  # The clock may jump, and with it an idle connection ends.
  set resp.http.Connection = "close";
}
