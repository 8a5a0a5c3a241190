// Guests' faults leave by longjmp, after which the address sanitizer searches its whole fake stack; a board is made for
// each input, and long stack traces of its allocations cost more than the guest. ASAN_OPTIONS overrules both.
extern "C" const char* __asan_default_options();
extern "C" const char* __asan_default_options() {
  return "detect_stack_use_after_return=0:malloc_context_size=4";
}
