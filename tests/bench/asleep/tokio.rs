use bench::*;
use std::cell::Cell;
use std::rc::Rc;

fn main() {
    let n = size(1000000);
    let local = tokio::task::LocalSet::new();
    run(local.run_until(async move {
        let woken = Rc::new(Cell::new(0i64));
        let memory = resident();
        let start = now();
        let when = tokio::time::Instant::now() + std::time::Duration::from_secs(1);
        let tasks: Vec<_> = (0..n)
            .map(|_| {
                let woken = woken.clone();
                tokio::task::spawn_local(async move {
                    tokio::time::sleep_until(when).await;
                    woken.set(woken.get() + 1);
                })
            })
            .collect();
        tokio::task::yield_now().await; // all asleep now
        let memory = resident() - memory;
        for t in tasks {
            t.await.unwrap();
        }
        report_memory(now() - start, n as f64, woken.get(), memory);
    }));
}
