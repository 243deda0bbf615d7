//! What is measured: durations, and the memory of this process.

use crate::Failure;
use crate::workload::random::SplitMix;
use std::fs;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// How long the same work took, each time that it was done.
#[derive(Debug, Clone, Default)]
pub struct Samples(Vec<f64>);

impl Samples {
    /// Adds one, in seconds.
    pub fn add(&mut self, seconds: f64) {
        let at = self.0.partition_point(|&s| s < seconds);
        self.0.insert(at, seconds);
    }

    /// The shortest; 0 where there are none.
    pub fn least(&self) -> f64 {
        self.0.first().copied().unwrap_or_default()
    }

    /// The one in the middle, the shorter of the two where there are two; 0 where there are none.
    pub fn median(&self) -> f64 {
        self.0.get(self.0.len().saturating_sub(1) / 2).copied().unwrap_or_default()
    }

    /// The longest; 0 where there are none.
    pub fn most(&self) -> f64 {
        self.0.last().copied().unwrap_or_default()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

/// How long something takes, and what it gives.
pub fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let start = Instant::now();
    let value = work();
    (start.elapsed().as_secs_f64(), value)
}

/// The memory of a process, in bytes.
#[derive(Debug, Clone, Copy)]
pub struct Memory {
    /// What is resident.
    pub resident: u64,
    /// The most that ever was.
    pub peak: u64,
}

impl Memory {
    /// That of this process.
    ///
    /// # Errors
    ///
    /// As [`of`](Self::of).
    pub fn now() -> Result<Self, Failure> {
        Self::of("self")
    }

    /// That of the process with a number, as the kernel tells it.
    ///
    /// # Errors
    ///
    /// Where there is no such process, and where there is no `/proc`, as on systems other than Linux.
    pub fn of(process: &str) -> Result<Self, Failure> {
        let status = fs::read_to_string(format!("/proc/{process}/status"))?;
        let kibibytes = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let number = line.and_then(|line| line.trim_start_matches(':').split_whitespace().next());
            Ok::<u64, Failure>(number.ok_or("a process without memory")?.parse()?)
        };
        Ok(Self { resident: kibibytes("VmRSS")? * 1024, peak: kibibytes("VmHWM")? * 1024 })
    }
}

/// How long the same piece of work takes again and again: what differs is the machine's noise.
///
/// It is of the kind that a graph does: numbers, and look-ups all over 64 MiB.
pub fn noise() -> Samples {
    let mut random = SplitMix(3);
    let table: Vec<u64> = (0..8 << 20).map(|_| random.any()).collect();
    let mut samples = Samples::default();
    let until = Instant::now() + Duration::from_secs(2);
    while Instant::now() < until {
        let (seconds, _) = timed(|| {
            let mut at = 0_usize;
            for _ in 0..500_000 {
                at = (table[at] as usize) % table.len();
                at = (at + random.below(1024)) % table.len();
            }
            black_box(at)
        });
        samples.add(seconds);
    }
    samples
}
