// Paints a picture through a LUT with WebGL2: exact lattice points, tetrahedral between them, no 8-bit filtering.

import { Recent } from "./recent.js";

const KEPT_PICTURES = 4; // textures on the device: both sides of the divider, and what was painted last
const KEPT_LUTS = 4;

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
uniform sampler3D lut;
uniform int height;
uniform int way;  // 0: the photo as it is, 1: through the LUT, 2: the full render
uniform float strength;
uniform bool showsClipping;
out vec4 colour;

vec3 lookUp(vec3 rgb) {
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
  ivec2 at = ivec2(int(gl_FragCoord.x), height - 1 - int(gl_FragCoord.y));
  vec3 before = texelFetch(photo, at, 0).rgb;
  vec3 after = way == 1 ? lookUp(before) : way == 2 ? texelFetch(rendered, at, 0).rgb : before;
  vec3 mixed = before + strength * (after - before);
  if (showsClipping && any(greaterThan(mixed, vec3(254.5 / 255.0)))) mixed = vec3(1.0, 0.0, 0.0);
  else if (showsClipping && any(lessThan(mixed, vec3(0.5 / 255.0)))) mixed = vec3(0.0, 0.2, 1.0);
  colour = vec4(mixed, 1.0);
}`;

export class GlPainter {
  // Throws where the browser has no WebGL2.
  constructor() {
    this.canvas = document.createElement("canvas");
    const gl = this.canvas.getContext("webgl2", { alpha: false, antialias: false, depth: false });
    if (!gl) throw new Error("no WebGL2");
    this.gl = gl;
    this.program = link(gl);
    this.uniforms = {};
    for (const name of ["photo", "rendered", "lut", "height", "way", "strength", "showsClipping"]) {
      this.uniforms[name] = gl.getUniformLocation(this.program, name);
    }
    this.largest = gl.getParameter(gl.MAX_TEXTURE_SIZE);
    const drop = (texture) => gl.deleteTexture(texture);
    this.pictures = new Recent(KEPT_PICTURES, drop);
    this.luts = new Recent(KEPT_LUTS, drop);
  }

  get isLost() {
    return this.gl.isContextLost();
  }

  // See painter.js.
  paint(target, photo, { lut, rendered, strength, showsClipping }) {
    const { gl, uniforms } = this;
    const { width, height } = photo;
    if (this.canvas.width < width) this.canvas.width = width;
    if (this.canvas.height < height) this.canvas.height = height;
    gl.viewport(0, 0, width, height);
    gl.useProgram(this.program);
    this.#bind(0, gl.TEXTURE_2D, this.#picture(photo), uniforms.photo);
    this.#bind(1, gl.TEXTURE_2D, rendered ? this.#picture(rendered) : null, uniforms.rendered);
    this.#bind(2, gl.TEXTURE_3D, lut ? this.#lut(lut) : null, uniforms.lut);
    gl.uniform1i(uniforms.height, height);
    gl.uniform1i(uniforms.way, rendered ? 2 : lut ? 1 : 0);
    gl.uniform1f(uniforms.strength, strength);
    gl.uniform1i(uniforms.showsClipping, showsClipping ? 1 : 0);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    target.width = width;
    target.height = height;
    const top = this.canvas.height - height; // the drawing stands at the bottom
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

  #texture(kind, source) {
    const { gl } = this;
    const texture = gl.createTexture();
    gl.activeTexture(gl.TEXTURE3);
    gl.bindTexture(kind, texture);
    gl.texParameteri(kind, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
    gl.texParameteri(kind, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
    if (kind === gl.TEXTURE_2D) {
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
