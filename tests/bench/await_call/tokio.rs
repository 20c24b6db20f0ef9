use bench::*;
use std::future::Future;
use std::pin::Pin;

fn fib(n: i64) -> Pin<Box<dyn Future<Output = i64>>> {
    Box::pin(async move {
        if n < 2 {
            return n;
        }
        fib(n - 1).await + fib(n - 2).await
    })
}

fn main() {
    let n = size(32);
    run(async move {
        let mut value = 0;
        let start = now();
        for _ in 0..10 {
            value = fib(n).await;
        }
        report(now() - start, fib_calls(n) * 10.0, value);
    });
}
