//! The time of each hot path.

use std::time::Duration;

use benches::{HotPath, Work};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn hot_paths(criterion: &mut Criterion) {
    for path in HotPath::all() {
        let (group, name) = path.name().split_once('/').expect("a group and a name");
        let mut group = criterion.benchmark_group(group);
        group.throughput(match path.work() {
            Work::Octets(octets) => Throughput::Bytes(octets),
            Work::Elements(elements) => Throughput::Elements(elements),
        });
        // Prepared only if it is not filtered out.
        let mut prepared = None;
        group.bench_function(name, |bencher| {
            let run = prepared.get_or_insert_with(|| path.prepare());
            bencher.iter(run);
        });
        group.finish();
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(2));
    targets = hot_paths
}
criterion_main!(benches);
