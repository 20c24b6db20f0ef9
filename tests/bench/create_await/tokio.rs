use bench::*;

async fn work(i: i64) -> i64 {
    i & 7
}

fn main() {
    let n = size(5000000);
    run(async move {
        let mut sum = 0;
        let start = now();
        for i in 0..n {
            sum += tokio::spawn(work(i)).await.unwrap();
        }
        report(now() - start, n as f64, sum);
    });
}
