//! Measures durations and the memory of processes.

use crate::Failure;
use crate::workload::random::SplitMix;
use std::fs;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// The durations of equal work, in ascending order.
#[derive(Debug, Clone, Default)]
pub struct Samples(Vec<f64>);

impl Samples {
    /// Adds a sample in seconds.
    pub fn add(&mut self, seconds: f64) {
        let index = self.0.partition_point(|&sample| sample < seconds);
        self.0.insert(index, seconds);
    }

    /// The shortest; 0 if there are none.
    pub fn min(&self) -> f64 {
        self.0.first().copied().unwrap_or_default()
    }

    /// The median, or the lower one of two; 0 if there are none.
    pub fn median(&self) -> f64 {
        self.0.get(self.0.len().saturating_sub(1) / 2).copied().unwrap_or_default()
    }

    /// The longest; 0 if there are none.
    pub fn max(&self) -> f64 {
        self.0.last().copied().unwrap_or_default()
    }

    /// The number of samples.
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

/// Runs a function. Returns its seconds and its result.
pub fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let start = Instant::now();
    let value = work();
    (start.elapsed().as_secs_f64(), value)
}

/// The memory of a process, in bytes.
#[derive(Debug, Clone, Copy)]
pub struct Memory {
    /// Resident memory.
    pub resident: u64,
    /// The peak of resident memory.
    pub peak: u64,
}

impl Memory {
    /// The memory of this process.
    pub fn now() -> Result<Self, Failure> {
        Self::of("self")
    }

    /// The memory of a process from Linux's `/proc`.
    pub fn of(process: &str) -> Result<Self, Failure> {
        let status = fs::read_to_string(format!("/proc/{process}/status"))?;
        let kibibytes = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let number = line.and_then(|line| line.trim_start_matches(':').split_whitespace().next());
            Ok::<u64, Failure>(number.ok_or("no memory information")?.parse()?)
        };
        Ok(Self { resident: kibibytes("VmRSS")? * 1024, peak: kibibytes("VmHWM")? * 1024 })
    }
}

/// Measures equal work for two seconds; the spread is the noise of the machine.
///
/// The work resembles that of a graph: random reads in 64 MiB.
pub fn noise() -> Samples {
    let mut random = SplitMix(3);
    let table: Vec<u64> = (0..8 << 20).map(|_| random.next()).collect();
    let mut samples = Samples::default();
    let until = Instant::now() + Duration::from_secs(2);
    while Instant::now() < until {
        let (seconds, _) = timed(|| {
            let mut index = 0_usize;
            for _ in 0..500_000 {
                index = (table[index] as usize) % table.len();
                index = (index + random.below(1024)) % table.len();
            }
            black_box(index)
        });
        samples.add(seconds);
    }
    samples
}
