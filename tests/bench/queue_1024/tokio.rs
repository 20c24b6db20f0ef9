use bench::*;
use tokio::sync::mpsc;

fn main() {
    let n = size(20000000);
    run(async move {
        let (tx, mut rx) = mpsc::channel::<i64>(1024);
        let start = now();
        tokio::spawn(async move {
            for i in 0..n {
                tx.send(i & 7).await.unwrap();
            }
        });
        let sum = tokio::spawn(async move {
            let mut sum = 0;
            for _ in 0..n {
                sum += rx.recv().await.unwrap();
            }
            sum
        })
        .await
        .unwrap();
        report(now() - start, n as f64, sum);
    });
}
