// Where the person is: a soft mask, { width, height, codes }: Uint8Array of one code a pixel, 255 on the person.

// The mask in a PNG, scaled down to this size at most.
export async function readMask(blob, longSide) {
  const picture = await createImageBitmap(blob);
  const scale = Math.min(1, longSide / Math.max(picture.width, picture.height));
  const width = Math.max(1, Math.round(picture.width * scale));
  const height = Math.max(1, Math.round(picture.height * scale));
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0, width, height);
  picture.close();
  const { data } = context.getImageData(0, 0, width, height);
  return { width, height, codes: Uint8Array.from({ length: width * height }, (_, at) => data[4 * at]) };
}

// The mask's share, 0 to 1, at a place of the photo, both 0 to 1.
export function shareAt({ width, height, codes }, x, y) {
  const column = Math.min(width - 1, Math.max(0, Math.floor(x * width)));
  const row = Math.min(height - 1, Math.max(0, Math.floor(y * height)));
  return codes[row * width + column] / 255;
}
