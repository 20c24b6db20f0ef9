use bench::*;

async fn work(i: i64) -> i64 {
    i & 7
}

fn main() {
    let n = size(100000);
    run(async move {
        let mut sum = 0;
        let start = now();
        let tasks: Vec<_> = (0..n).map(|i| tokio::spawn(work(i))).collect();
        for t in tasks {
            sum += t.await.unwrap();
        }
        report(now() - start, n as f64, sum);
    });
}
