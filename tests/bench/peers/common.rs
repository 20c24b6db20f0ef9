//! What the tokio programs share: bench.h says what they print. The current_thread runtime.
use std::future::Future;

pub fn size(usual: i64) -> i64 {
    std::env::args().nth(1).map_or(usual, |a| a.parse().unwrap())
}

/// CPU seconds of this process.
pub fn now() -> f64 {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut t) };
    t.tv_sec as f64 + t.tv_nsec as f64 / 1e9
}

pub fn resident() -> f64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: f64 = text.split_whitespace().nth(1).unwrap().parse().unwrap();
    pages * unsafe { libc::sysconf(libc::_SC_PAGESIZE) } as f64
}

pub fn report(seconds: f64, operations: f64, check: i64) {
    println!("{:.3} {} {:.0}", seconds * 1e9 / operations, check, operations);
}

pub fn report_memory(seconds: f64, operations: f64, check: i64, bytes: f64) {
    println!("{:.3} {} {:.0} {:.1}", seconds * 1e9 / operations, check, operations, bytes / operations);
}

pub fn fib_calls(n: i64) -> f64 {
    let (mut a, mut b) = (1.0, 1.0);
    for _ in 1..n {
        (a, b) = (b, a + b + 1.0);
    }
    b
}

/// On one thread, spawned tasks included.
pub fn run<F: Future<Output = ()>>(f: F) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        f.await;
    });
}
