use bench::*;
use std::cell::Cell;
use std::rc::Rc;

fn main() {
    let n = size(200000);
    let local = tokio::task::LocalSet::new();
    run(local.run_until(async move {
        let woken = Rc::new(Cell::new(0i64));
        let start = now();

        let tasks: Vec<_> = (0..n)
            .map(|i| {
                let woken = woken.clone();
                tokio::task::spawn_local(async move {
                    tokio::time::sleep(std::time::Duration::from_millis((i * 7919 % 1000 + 1) as u64)).await;
                    woken.set(woken.get() + 1);
                })
            })
            .collect();
        for t in tasks {
            t.await.unwrap();
        }
        report(now() - start, n as f64, woken.get());
    }));
}
