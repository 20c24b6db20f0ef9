use bench::*;
use std::cell::Cell;
use std::rc::Rc;

fn main() {
    let turns = size(3000000);
    let local = tokio::task::LocalSet::new();
    run(local.run_until(async move {
        let steps = Rc::new(Cell::new(0i64));
        let start = now();
        let mut tasks = Vec::new();
        for _ in 0..1 {
            let steps = steps.clone();
            tasks.push(tokio::task::spawn_local(async move {
                for _ in 0..turns {
                    tokio::task::yield_now().await;
                    steps.set(steps.get() + 1);
                }
            }));
        }
        for t in tasks {
            t.await.unwrap();
        }
        report(now() - start, 1 as f64 * turns as f64, steps.get());
    }));
}
