// The fused CPU kernel as plain C++, for comparison: blocks of 128 pixels, planes, loops that the compiler vectorises.
// Compiled by growth.py with -O3 -march=native. One thread; 8-bit codes with their border in, 8-bit codes out.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

constexpr int B = 128;
using Planes = std::vector<float>;

static void layer(const float* __restrict w, const float* bias, const float* __restrict in, int n_in, int n_out,
                  bool rectified, float* __restrict out) {
    for (int o = 0; o < n_out; o++) {
        float sum[B];
        for (int p = 0; p < B; p++) sum[p] = bias[o];
        for (int i = 0; i < n_in; i++)
            for (int p = 0; p < B; p++) sum[p] += w[o * n_in + i] * in[i * B + p];
        for (int p = 0; p < B; p++) out[o * B + p] = rectified ? std::max(sum[p], 0.f) : sum[p];
    }
}

static void attend(float* __restrict logits, int area, float* __restrict window) {
    float most[B], total[B];
    for (int p = 0; p < B; p++) most[p] = logits[p], total[p] = 0;
    for (int j = 1; j < area; j++)
        for (int p = 0; p < B; p++) most[p] = std::max(most[p], logits[j * B + p]);
    for (int j = 0; j < area; j++)
        for (int p = 0; p < B; p++) total[p] += logits[j * B + p] = std::exp(logits[j * B + p] - most[p]);
    for (int j = 0; j < area; j++)
        for (int p = 0; p < B; p++) {
            float share = logits[j * B + p] / total[p];
            for (int c = 0; c < 3; c++) window[(c * area + j) * B + p] *= share;
        }
}

static int cell(float value, int M, float& fraction) {
    float position = std::min(std::max(value, 0.f), 1.f) * (M - 1);
    int found = std::min(int(position), M - 2);
    fraction = position - found;
    return found;
}

extern "C" void render(const uint8_t* rgb, uint8_t* out, const float* luts, const float* w1, const float* b1,
                       const float* w2, const float* b2, const float* w3, const float* b3, const float* w4,
                       const float* b4, int height, int width, int k, int N, int M, int C, int V, int tetrahedral) {
    const int area = k * k, pitch = width + k - 1;
    Planes window(3 * area * B), hidden(std::max(C, V) * B), logits(area * B), weights(N * B);
    for (int y = 0; y < height; y++)
        for (int left = 0; left < width; left += B) {
            const int count = std::min(B, width - left);
            for (int c = 0; c < 3; c++)
                for (int j = 0; j < area; j++)
                    for (int p = 0; p < B; p++) {
                        int x = std::min(left + p, width - 1) + j % k;
                        window[(c * area + j) * B + p] = rgb[((y + j / k) * pitch + x) * 3 + c] / 255.f;
                    }
            float own[3][B];
            for (int c = 0; c < 3; c++) std::copy_n(&window[(c * area + area / 2) * B], B, own[c]);
            layer(w1, b1, window.data(), 3 * area, C, true, hidden.data());
            layer(w2, b2, hidden.data(), C, area, false, logits.data());
            attend(logits.data(), area, window.data());
            layer(w3, b3, window.data(), 3 * area, V, true, hidden.data());
            layer(w4, b4, hidden.data(), V, N, false, weights.data());
            for (int p = 0; p < count; p++) {
                float f[3], share[8];
                int r = cell(own[0][p], M, f[0]), g = cell(own[1][p], M, f[1]), b = cell(own[2][p], M, f[2]);
                int black = (r * M + g) * M + b, point[8], corners = tetrahedral ? 4 : 8;
                if (tetrahedral) {
                    int axis[3] = {0, 1, 2}, step[3] = {M * M, M, 1};
                    std::sort(axis, axis + 3, [&](int a, int b) { return f[a] > f[b]; });
                    point[0] = black, point[1] = black + step[axis[0]], point[2] = point[1] + step[axis[1]];
                    point[3] = black + M * M + M + 1;
                    share[0] = 1 - f[axis[0]], share[1] = f[axis[0]] - f[axis[1]];
                    share[2] = f[axis[1]] - f[axis[2]], share[3] = f[axis[2]];
                } else
                    for (int i = 0; i < 8; i++) {
                        point[i] = black + (i >> 2) * M * M + (i >> 1 & 1) * M + (i & 1);
                        share[i] = (i & 4 ? f[0] : 1 - f[0]) * (i & 2 ? f[1] : 1 - f[1]) * (i & 1 ? f[2] : 1 - f[2]);
                    }
                float sum[3] = {0, 0, 0};
                for (int n = 0; n < N; n++) {
                    float value[3] = {0, 0, 0};
                    for (int i = 0; i < corners; i++)
                        for (int c = 0; c < 3; c++) value[c] += share[i] * luts[(point[i] * N + n) * 3 + c];
                    for (int c = 0; c < 3; c++) sum[c] += weights[n * B + p] * value[c];
                }
                for (int c = 0; c < 3; c++) {
                    float clamped = std::min(std::max(sum[c], 0.f), 1.f);
                    out[((y * width) + left + p) * 3 + c] = uint8_t(std::nearbyint(clamped * 255));
                }
            }
        }
}
