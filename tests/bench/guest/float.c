// Floating-point and vector kernels. Checksums are of results that every conforming processor rounds alike.
#include <emmintrin.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "tests/bench/guest/kernels.h"

static uint32_t bitsOf(double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  return (uint32_t)(bits ^ bits >> 32);
}

// Bodies that attract each other: scalar additions, multiplications, divisions and roots.
static uint32_t nbody(void) {
  enum { kBodies = 6, kSteps = 2000 };
  double at[kBodies][3], speed[kBodies][3] = {{0}};
  for (int i = 0; i < kBodies; i++)
    for (int k = 0; k < 3; k++) at[i][k] = i * 3.5 + k * (i + 1) * 0.75;
  for (int step = 0; step < kSteps; step++) {
    for (int i = 0; i < kBodies; i++) {
      for (int j = i + 1; j < kBodies; j++) {
        double d[3], square = 0.01;
        for (int k = 0; k < 3; k++) {
          d[k] = at[i][k] - at[j][k];
          square += d[k] * d[k];
        }
        const double pull = 0.001 / (square * sqrt(square));
        for (int k = 0; k < 3; k++) {
          speed[i][k] -= d[k] * pull;
          speed[j][k] += d[k] * pull;
        }
      }
    }
    for (int i = 0; i < kBodies; i++)
      for (int k = 0; k < 3; k++) at[i][k] += speed[i][k] * 0.01;
  }
  return bitsOf(at[0][0] + at[5][2]);
}

// Escape times of the Mandelbrot set, two points at a time.
static uint32_t mandel(void) {
  enum { kSize = 96, kMost = 100 };
  uint32_t sum = 0;
  for (int y = 0; y < kSize; y++) {
    for (int x = 0; x < kSize; x += 2) {
      const __m128d cr = _mm_set_pd((x + 1) * 3.0 / kSize - 2, x * 3.0 / kSize - 2);
      const __m128d ci = _mm_set1_pd(y * 2.0 / kSize - 1);
      __m128d zr = cr, zi = ci;
      for (int n = 0; n < kMost; n++) {
        const __m128d rr = _mm_mul_pd(zr, zr), ii = _mm_mul_pd(zi, zi), ri = _mm_mul_pd(zr, zi);
        const int inside = _mm_movemask_pd(_mm_cmplt_pd(_mm_add_pd(rr, ii), _mm_set1_pd(4)));
        if (!inside) break;
        sum += (uint32_t)inside;
        zr = _mm_add_pd(_mm_sub_pd(rr, ii), cr);
        zi = _mm_add_pd(_mm_add_pd(ri, ri), ci);
      }
    }
  }
  return sum;
}

// Product of matrices of floats, four at a time.
static uint32_t matmul(void) {
  enum { kSize = 96 };
  static float a[kSize][kSize] __attribute__((aligned(16))), b[kSize][kSize] __attribute__((aligned(16))),
      c[kSize][kSize] __attribute__((aligned(16)));
  for (int i = 0; i < kSize; i++)
    for (int j = 0; j < kSize; j++) {
      a[i][j] = (float)(i - j) * 0.25f;
      b[i][j] = (float)(i * j % 17) * 0.5f;
    }
  for (int i = 0; i < kSize; i++) {
    for (int j = 0; j < kSize; j += 4) {
      __m128 sum = _mm_setzero_ps();
      for (int k = 0; k < kSize; k++)
        sum = _mm_add_ps(sum, _mm_mul_ps(_mm_set1_ps(a[i][k]), _mm_load_ps(&b[k][j])));
      _mm_store_ps(&c[i][j], sum);
    }
  }
  double total = 0;
  for (int i = 0; i < kSize; i++) total += c[i][kSize - 1 - i];
  return bitsOf(total);
}

// y += a x over arrays that stay in the first-level cache.
static uint32_t saxpy(void) {
  enum { kCount = 2048, kTimes = 300 };
  static float x[kCount] __attribute__((aligned(16))), y[kCount] __attribute__((aligned(16)));
  for (int i = 0; i < kCount; i++) {
    x[i] = (float)(i % 97);
    y[i] = 1;
  }
  const __m128 factor = _mm_set1_ps(0.0625f);
  for (int t = 0; t < kTimes; t++)
    for (int i = 0; i < kCount; i += 4)
      _mm_store_ps(&y[i], _mm_add_ps(_mm_load_ps(&y[i]), _mm_mul_ps(factor, _mm_load_ps(&x[i]))));
  return bitsOf((double)y[1000] + y[2047]);
}

// Vector integers: additions with saturation, shuffles, comparisons, as image filters have them.
static uint32_t sseint(void) {
  enum { kBytes = 16384, kTimes = 40 };
  static uint8_t pixels[kBytes] __attribute__((aligned(16)));
  for (int i = 0; i < kBytes; i++) pixels[i] = (uint8_t)(i * 31);
  __m128i sum = _mm_setzero_si128();
  for (int t = 0; t < kTimes; t++) {
    const __m128i add = _mm_set1_epi8((char)(t + 1));
    for (int i = 0; i < kBytes; i += 16) {
      __m128i v = _mm_load_si128((const __m128i*)&pixels[i]);
      v = _mm_adds_epu8(v, add);
      v = _mm_avg_epu8(v, _mm_shuffle_epi32(v, 0x4e));
      v = _mm_sub_epi8(v, _mm_and_si128(_mm_cmpgt_epi8(v, add), add));
      _mm_store_si128((__m128i*)&pixels[i], v);
      sum = _mm_add_epi64(sum, _mm_sad_epu8(v, _mm_setzero_si128()));
    }
  }
  return (uint32_t)_mm_cvtsi128_si32(_mm_add_epi64(sum, _mm_unpackhi_epi64(sum, sum)));
}

// The x87 unit: a series for e in extended precision.
static uint32_t x87(void) {
  long double sum = 0;
  for (int start = 1; start < 400; start++) {
    long double term = 1;
    for (int n = start; n < start + 120; n++) {
      term = term * 0.75L / n + 1.0L / (n + 1);
      sum += term;
    }
  }
  return bitsOf((double)sum);
}

// The mathematics library of the C library, which picks its own instructions: rounded, so that all agree.
static uint32_t libm(void) {
  double sum = 0;
  for (int i = 1; i < 12000; i++) {
    const double x = i * 0.001;
    sum += floor(1e6 * (sin(x) * cos(x) + exp(-x) + log(x)) + 0.5);
  }
  return bitsOf(sum);
}

// Numbers to and from integers, comparisons and branches on them.
static uint32_t convert(void) {
  uint32_t sum = 0;
  setSeed(4);
  for (int i = 0; i < 60000; i++) {
    const double value = (double)(int32_t)nextRandom() / 1024;
    sum = sum * 31 + (uint32_t)(int32_t)(value > 1e6 ? value / 3 : value * 2) + (uint32_t)(float)value;
  }
  return sum;
}

const struct Kernel kFloat[] = {{"nbody", nbody}, {"mandel", mandel},   {"matmul", matmul},
                                {"saxpy", saxpy}, {"sseint", sseint},   {"x87", x87},
                                {"libm", libm},   {"convert", convert}, {NULL, NULL}};
