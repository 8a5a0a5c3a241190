// For the thread sanitizer, which does not see that compiled code leads from what one vCPU has made to another: code is written
// behind what it refers to, and whoever runs it reads that afterwards.
#pragma once

namespace duet::tcg::baseline {

#if defined(__SANITIZE_THREAD__)
extern "C" void __tsan_acquire(void*);
extern "C" void __tsan_release(void*);
template <class T>
void codeMadeOf(T& what) {
  __tsan_release(&what);
}
template <class T>
void codeRunsOf(const T& what) {
  __tsan_acquire(const_cast<T*>(&what));
}
#else
template <class T>
void codeMadeOf(T&) {}
template <class T>
void codeRunsOf(const T&) {}
#endif

}  // namespace duet::tcg::baseline
