// Paints a picture through a LUT with WebGL2: exact lattice points, tetrahedral between them, no 8-bit filtering.

import { Recent } from "./recent.js";

const KEPT_PICTURES = 4; // textures on the device: both sides of the divider, and the last ones painted
const KEPT_LUTS = 8; // two for each look
const KEPT_MASKS = 4;

const CORNERS = `#version 300 es
void main() {
  gl_Position = vec4(gl_VertexID == 1 ? 3.0 : -1.0, gl_VertexID == 2 ? 3.0 : -1.0, 0.0, 1.0);
}`;

const COLOURS = `#version 300 es
precision highp float;
precision highp int;
precision highp sampler2D;
precision highp sampler3D;
uniform sampler2D photo;
uniform sampler2D rendered;
uniform sampler3D background;
uniform sampler3D person;
uniform sampler2D mask;
uniform ivec2 size;
uniform vec4 area;  // where this lies on the photo: left, top, width, height in shares of it
uniform int way;  // 0: the untouched photo, 1: through the LUTs, 2: the full render
uniform bool hasMask;
uniform vec2 dials;  // strength on the background, on the person
uniform bool showsClipping;
uniform bool showsMask;
out vec4 colour;

vec3 lookUp(sampler3D lut, vec3 rgb) {
  int size = textureSize(lut, 0).x;
  vec3 place = rgb * float(size - 1);
  ivec3 base = min(ivec3(place), ivec3(size - 2));
  vec3 f = place - vec3(base);
  float most = max(f.r, max(f.g, f.b));
  float least = min(f.r, min(f.g, f.b));
  float middle = f.r + f.g + f.b - most - least;
  ivec3 first = f.r == most ? ivec3(1, 0, 0) : f.g == most ? ivec3(0, 1, 0) : ivec3(0, 0, 1);
  ivec3 last = f.b == least ? ivec3(1, 1, 0) : f.g == least ? ivec3(1, 0, 1) : ivec3(0, 1, 1);
  return (1.0 - most) * texelFetch(lut, base, 0).rgb + (most - middle) * texelFetch(lut, base + first, 0).rgb
    + (middle - least) * texelFetch(lut, base + last, 0).rgb + least * texelFetch(lut, base + 1, 0).rgb;
}

void main() {
  ivec2 at = ivec2(int(gl_FragCoord.x), size.y - 1 - int(gl_FragCoord.y));
  vec3 before = texelFetch(photo, at, 0).rgb;
  float share = hasMask ? texture(mask, area.xy + area.zw * (vec2(at) + 0.5) / vec2(size)).r : 0.0;
  vec3 after = before;
  if (way == 1) after = lookUp(background, before);
  if (way == 1 && hasMask) after = mix(after, lookUp(person, before), share);
  if (way == 2) after = texelFetch(rendered, at, 0).rgb;
  vec3 mixed = before + mix(dials.x, dials.y, share) * (after - before);
  if (showsClipping && any(greaterThan(mixed, vec3(254.5 / 255.0)))) mixed = vec3(1.0, 0.0, 0.0);
  else if (showsClipping && any(lessThan(mixed, vec3(0.5 / 255.0)))) mixed = vec3(0.0, 0.2, 1.0);
  if (showsMask) mixed = mix(mixed, vec3(1.0, 0.157, 0.157), 0.55 * share);
  colour = vec4(mixed, 1.0);
}`;

const UNIFORMS = [
  "photo", "rendered", "background", "person", "mask", "size", "area", "way", "hasMask", "dials", "showsClipping",
  "showsMask",
];
const UNITS = 5; // of textures that are looked into; the next one is for making them

export class GlPainter {
  // Throws if the browser has no WebGL2.
  constructor() {
    this.canvas = document.createElement("canvas");
    const gl = this.canvas.getContext("webgl2", { alpha: false, antialias: false, depth: false });
    if (!gl) throw new Error("no WebGL2");
    this.gl = gl;
    this.program = link(gl);
    this.uniforms = {};
    for (const name of UNIFORMS) {
      this.uniforms[name] = gl.getUniformLocation(this.program, name);
    }
    this.largest = gl.getParameter(gl.MAX_TEXTURE_SIZE);
    const drop = (texture) => gl.deleteTexture(texture);
    this.pictures = new Recent(KEPT_PICTURES, drop);
    this.luts = new Recent(KEPT_LUTS, drop);
    this.masks = new Recent(KEPT_MASKS, drop);
  }

  get isLost() {
    return this.gl.isContextLost();
  }

  // See painter.js.
  paint(target, photo, { look, rendered, dials, showsClipping, showsMask, area }) {
    const { gl, uniforms } = this;
    const { width, height } = photo;
    if (this.canvas.width < width) this.canvas.width = width;
    if (this.canvas.height < height) this.canvas.height = height;
    gl.viewport(0, 0, width, height);
    gl.useProgram(this.program);
    this.#bind(0, gl.TEXTURE_2D, this.#picture(photo), uniforms.photo);
    this.#bind(1, gl.TEXTURE_2D, rendered ? this.#picture(rendered) : null, uniforms.rendered);
    this.#bind(2, gl.TEXTURE_3D, look ? this.#lut(look.background) : null, uniforms.background);
    this.#bind(3, gl.TEXTURE_3D, look?.person ? this.#lut(look.person) : null, uniforms.person);
    this.#bind(4, gl.TEXTURE_2D, look?.mask ? this.#mask(look.mask) : null, uniforms.mask);
    gl.uniform2i(uniforms.size, width, height);
    gl.uniform4f(uniforms.area, area.left, area.top, area.width, area.height);
    gl.uniform1i(uniforms.way, rendered ? 2 : look ? 1 : 0);
    gl.uniform1i(uniforms.hasMask, look?.mask ? 1 : 0);
    gl.uniform2f(uniforms.dials, dials.background, dials.person);
    gl.uniform1i(uniforms.showsClipping, showsClipping ? 1 : 0);
    gl.uniform1i(uniforms.showsMask, showsMask ? 1 : 0);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    target.width = width;
    target.height = height;
    const top = this.canvas.height - height; // the drawing is at the bottom
    target.getContext("2d").drawImage(this.canvas, 0, top, width, height, 0, 0, width, height);
  }

  forget(picture) {
    this.pictures.delete(picture);
  }

  #bind(unit, kind, texture, uniform) {
    const { gl } = this;
    gl.activeTexture(gl.TEXTURE0 + unit);
    gl.bindTexture(kind, texture);
    gl.uniform1i(uniform, unit);
  }

  #picture(picture) {
    return this.pictures.get(picture) ?? this.pictures.set(picture, this.#texture(this.gl.TEXTURE_2D, picture));
  }

  #lut(lut) {
    return this.luts.get(lut) ?? this.luts.set(lut, this.#texture(this.gl.TEXTURE_3D, lut));
  }

  #mask(mask) {
    return this.masks.get(mask) ?? this.masks.set(mask, this.#texture(this.gl.TEXTURE_2D, mask));
  }

  #texture(kind, source) {
    const { gl } = this;
    const texture = gl.createTexture();
    gl.activeTexture(gl.TEXTURE0 + UNITS);
    gl.bindTexture(kind, texture);
    gl.texParameteri(kind, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
    gl.texParameteri(kind, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
    if (source.codes) { // a mask, which is smaller than the photo
      for (const side of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(kind, side, gl.LINEAR);
      for (const axis of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(kind, axis, gl.CLAMP_TO_EDGE);
      gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
      gl.texImage2D(kind, 0, gl.R8, source.width, source.height, 0, gl.RED, gl.UNSIGNED_BYTE, source.codes);
    } else if (kind === gl.TEXTURE_2D) {
      gl.texImage2D(kind, 0, gl.RGBA8, gl.RGBA, gl.UNSIGNED_BYTE, source);
    } else {
      const { size, table } = source;
      gl.texImage3D(kind, 0, gl.RGB32F, size, size, size, 0, gl.RGB, gl.FLOAT, table);
    }
    gl.bindTexture(kind, null);
    return texture;
  }
}

function link(gl) {
  const program = gl.createProgram();
  for (const [kind, source] of [[gl.VERTEX_SHADER, CORNERS], [gl.FRAGMENT_SHADER, COLOURS]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program));
  return program;
}
