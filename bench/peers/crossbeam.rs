// SPDX-License-Identifier: Apache-2.0

// crossbeam's bounded channel in the ring benchmark: measures one scenario, prints nanoseconds and
// the sum of what came through. See run_program in ../measure.c for its arguments.
use crossbeam_channel::{bounded, Receiver, Sender};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

const PAUSE: Duration = Duration::from_micros(500);

// How often in a row a loop may fail before it gives up its processor.
static PATIENCE: AtomicU32 = AtomicU32::new(64);

extern "C" {
    fn sched_setaffinity(pid: i32, size: usize, mask: *const u64) -> i32;
}

// Processors are those for the threads, producers first; none: the system chooses.
fn pin(processors: &[usize], number: usize) {
    if let Some(cpu) = processors.get(number) {
        let mut mask = [0u64; 16];
        mask[cpu / 64] = 1 << (cpu % 64);
        let result = unsafe { sched_setaffinity(0, std::mem::size_of_val(&mask), mask.as_ptr()) };
        assert!(result == 0, "cannot pin a thread");
    }
}

fn relax(misses: &mut u32) {
    *misses += 1;
    if *misses >= PATIENCE.load(Ordering::Relaxed) {
        *misses = 0;
        thread::yield_now();
    } else {
        std::hint::spin_loop();
    }
}

#[inline(always)]
fn put(to: &Sender<u64>, item: u64, waits: bool) {
    if waits {
        to.send(item).unwrap();
        return;
    }
    let mut misses = 0;
    while to.try_send(item).is_err() {
        relax(&mut misses);
    }
}

#[inline(always)]
fn take(from: &Receiver<u64>, waits: bool) -> u64 {
    if waits {
        return from.recv().unwrap();
    }
    let mut misses = 0;
    loop {
        if let Ok(item) = from.try_recv() {
            return item;
        }
        relax(&mut misses);
    }
}

struct Run {
    threads: usize,
    capacity: usize,
    n: u64,
    waits: bool,
    processors: Vec<usize>,
}

fn stream(run: &'static Run) -> (Duration, u64) {
    let (to, from) = bounded::<u64>(run.capacity);
    let each = run.n / run.threads as u64;
    let start = Arc::new(Barrier::new(2 * run.threads + 1));
    let mut producers = Vec::new();
    let mut consumers = Vec::new();
    for i in 0..run.threads {
        let (to, ready) = (to.clone(), start.clone());
        producers.push(thread::spawn(move || {
            pin(&run.processors, i);
            ready.wait();
            for item in 0..each {
                put(&to, 1 + i as u64 * each + item, run.waits);
            }
        }));
        let (from, ready) = (from.clone(), start.clone());
        consumers.push(thread::spawn(move || {
            pin(&run.processors, run.threads + i);
            ready.wait();
            (0..each).fold(0u64, |sum, _| sum.wrapping_add(take(&from, run.waits)))
        }));
    }
    start.wait();
    let began = Instant::now();
    for producer in producers {
        producer.join().unwrap();
    }
    let mut sum = 0u64;
    for consumer in consumers {
        sum = sum.wrapping_add(consumer.join().unwrap());
    }
    (began.elapsed(), sum)
}

fn trip(run: &'static Run, sleeps: bool) -> (Duration, u64) {
    let (to, there) = bounded::<u64>(run.capacity);
    let (back, from) = bounded::<u64>(run.capacity);
    let other = thread::spawn(move || {
        pin(&run.processors, 1);
        for _ in 0..run.n {
            put(&back, take(&there, run.waits), run.waits);
        }
    });
    pin(&run.processors, 0);
    let (mut took, mut sum) = (Duration::ZERO, 0u64);
    let mut began = Instant::now();
    for item in 1..=run.n {
        if sleeps {
            thread::sleep(PAUSE);
            began = Instant::now();
        }
        put(&to, item, run.waits);
        sum = sum.wrapping_add(take(&from, run.waits));
        if sleeps {
            took += began.elapsed();
        }
    }
    if !sleeps {
        took = began.elapsed();
    }
    other.join().unwrap();
    (took, sum)
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    if args.len() != 6 {
        eprintln!(
            "usage: crossbeam stream-wait|trip-spin|... THREADS CAPACITY ITEMS PROCESSOR,...|any"
        );
        std::process::exit(2);
    }
    let processors: Vec<usize> = match args[5].as_str() {
        "any" => Vec::new(),
        list => list.split(',').map(|cpu| cpu.parse().expect("processors")).collect(),
    };
    if !processors.is_empty() {
        PATIENCE.store(u32::MAX, Ordering::Relaxed);
    }
    let run: &'static Run = Box::leak(Box::new(Run {
        threads: args[2].parse().expect("threads"),
        capacity: args[3].parse().expect("capacity"),
        n: args[4].parse().expect("items"),
        waits: args[1].ends_with("-wait"),
        processors,
    }));
    let (took, sum) = if args[1].starts_with("stream-") {
        stream(run)
    } else {
        trip(run, args[1].starts_with("trip-after-sleep-"))
    };
    println!("{} {}", took.as_nanos(), sum);
}
