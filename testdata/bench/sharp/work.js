// node work.js WORK INFLIGHT OUT FILE...   does WORK over the files with sharp
const path = require('path');
const sharp = require('sharp');

const [, , work, inFlight, out, ...files] = process.argv;
const sizes = [[2000, 'jpg'], [1200, 'webp'], [800, 'jpg'], [400, 'webp'], [150, 'jpg']];
const to = (file, end) => path.join(out, path.parse(file).name + end);
const resized = (file, width) => sharp(file).autoOrient().resize({ width });

const works = {
  web: (f) => resized(f, 1000).jpeg({ quality: 85 }).toFile(to(f, '.jpg')),
  'web-sharpen': (f) => resized(f, 1000)
    .convolve({ width: 3, height: 3, kernel: [-1, -1, -1, -1, 16, -1, -1, -1, -1], scale: 8 })
    .jpeg({ quality: 85 }).toFile(to(f, '.jpg')),
  renditions: async (f) => {
    for (const [width, type] of sizes) {
      const p = resized(f, width);
      await (type === 'jpg' ? p.jpeg({ quality: 85 }) : p.webp({ quality: 80 })).toFile(to(f, `-w${width}.${type}`));
    }
  },
  png: (f) => sharp(f, { sequentialRead: true }).png({ compressionLevel: 6 }).toFile(to(f, '.png')),
  tiff: (f) => sharp(f, { sequentialRead: true }).tiff({ compression: 'lzw', predictor: 'horizontal' }).toFile(to(f, '.tiff')),
  small: (f) => resized(f, 200).jpeg({ quality: 80 }).toFile(to(f, '.jpg')),
  large: (f) => resized(f, 4000).jpeg({ quality: 85 }).toFile(to(f, '.jpg')),
};

async function worker(queue) {
  for (let f = queue.shift(); f; f = queue.shift()) {
    await works[work](f);
  }
}

if (work === 'version') {
  console.log(`sharp ${sharp.versions.sharp} (libvips ${sharp.versions.vips}, node ${process.versions.node})`);
} else {
  sharp.cache(false);
  sharp.concurrency(files.length === 1 ? Number(inFlight) : 1);
  Promise.all(Array.from({ length: Number(inFlight) }, () => worker(files))).catch((e) => {
    console.error(e);
    process.exitCode = 1;
  });
}
