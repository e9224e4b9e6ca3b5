//! What the allocator keeps. Only glibc's has to be told; elsewhere these do nothing.

use pyo3::prelude::*;

/// Heaps that all threads share. By default glibc makes up to eight a core and fills each with holes: a vault of 100,000 notes then
/// leaves twice as much behind, and is indexed no faster.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const HEAPS: libc::c_int = 2;

/// Let threads share a few heaps from now on. To be called before there are many threads.
#[pyfunction]
pub(super) fn share_heaps() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: mallopt may be called at any time.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, HEAPS);
    }
}

/// Give memory that was freed back to the system.
#[pyfunction]
pub(super) fn release_memory(py: Python<'_>) {
    py.detach(trim_heap);
}

/// As [`release_memory`], for callers without the GIL.
pub(super) fn trim_heap() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: malloc_trim has no preconditions.
    unsafe {
        libc::malloc_trim(0);
    }
}
