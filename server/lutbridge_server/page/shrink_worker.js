// Makes photos small beside the page's own thread, which has sliders to follow: 24 megapixels take a tenth of a second.
// Asked { id, blob, side, copySide, quality }, it answers { id, width, height, picture, copy } or { id, failed: true }:
// `picture` is an ImageBitmap of at most `side` px, `copy` a JPEG of at most `copySide`, where that is not 0.

addEventListener("message", async ({ data: { id, blob, side, copySide, quality } }) => {
  try {
    const bitmap = await createImageBitmap(blob);
    const { width, height } = bitmap;
    const small = copySide && scaled(bitmap, copySide);
    const copy = small && (await small.convertToBlob({ type: "image/jpeg", quality }));
    const picture = scaled(small || bitmap, side).transferToImageBitmap();
    bitmap.close();
    postMessage({ id, width, height, picture, copy }, [picture]);
  } catch {
    postMessage({ id, failed: true });
  }
});

function scaled(picture, side) {
  const factor = Math.min(1, side / Math.max(picture.width, picture.height));
  const size = [picture.width, picture.height].map((length) => Math.max(1, Math.round(factor * length)));
  const canvas = new OffscreenCanvas(...size);
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0, ...size);
  return canvas;
}
