const APP1 = 0xffe1;
const START_OF_SCAN = 0xffda;
/** The letters `Exif`, followed by two zero bytes. */
const EXIF = [0x45786966, 0x0000] as const;
const LITTLE_ENDIAN = 0x4949;
const ORIENTATION_TAG = 0x0112;
/** From this value on, width and height are swapped. Source: Exif 2.32 (CIPA DC-008) §4.6.4, Orientation. */
const FIRST_TURNED = 5;

/** Whether the Exif data of a JPEG say that it is to be turned by 90 degrees, as cameras write for upright photos. */
export function isTurned(jpeg: Uint8Array): boolean {
  try {
    return orientationOf(new DataView(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength)) >= FIRST_TURNED;
  } catch (error) {
    // The file ends early, or an offset points beyond its end.
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Reads the segments up to the first scan. The orientation is 1, not turned, when no segment states one. */
function orientationOf(view: DataView): number {
  let offset = 2;
  while (view.getUint16(offset) !== START_OF_SCAN) {
    const isExif = view.getUint16(offset) === APP1 && view.getUint32(offset + 4) === EXIF[0];
    if (isExif && view.getUint16(offset + 8) === EXIF[1]) return orientationOfTiff(view, offset + 10);
    offset += 2 + view.getUint16(offset + 2);
  }
  return 1;
}

/** Reads the orientation from the first directory of the TIFF structure that holds Exif's values. */
function orientationOfTiff(view: DataView, start: number): number {
  const isLittle = view.getUint16(start) === LITTLE_ENDIAN;
  const directory = start + view.getUint32(start + 4, isLittle);
  const entries = view.getUint16(directory, isLittle);
  for (let entry = 0; entry < entries; entry += 1) {
    const offset = directory + 2 + entry * 12;
    if (view.getUint16(offset, isLittle) === ORIENTATION_TAG) return view.getUint16(offset + 8, isLittle);
  }
  return 1;
}
