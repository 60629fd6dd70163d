//! Recordings of the demo: two voices in no language, made of a glottal pulse and three resonances each
//! (formant synthesis after Klatt, 1980), after a short chime.

use std::f32::consts::PI;
use std::path::Path;

use hound::{SampleFormat, WavSpec, WavWriter};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};

/// Samples per second.
const RATE: u32 = 8_000;

/// Samples between two changes of the resonances: 5 ms.
const STEP: usize = 40;

/// The first three resonances of vowels, in Hz: as in "father", "bed", "see", "saw", "too", "cat", "about".
const VOWELS: [[f32; 3]; 7] = [
    [730.0, 1090.0, 2440.0],
    [530.0, 1840.0, 2480.0],
    [270.0, 2290.0, 3010.0],
    [570.0, 840.0, 2410.0],
    [300.0, 870.0, 2240.0],
    [660.0, 1720.0, 2410.0],
    [490.0, 1350.0, 1690.0],
];

const BANDWIDTHS: [f32; 3] = [70.0, 100.0, 140.0];

/// Notes of the chime, in Hz.
const CHIME: [f32; 3] = [523.25, 659.25, 783.99];

/// What is to be recorded.
#[derive(Debug, Clone, Copy)]
pub struct Talk {
    /// What its random choices begin with.
    pub seed: u64,
    /// How long, in seconds.
    pub seconds: u32,
    /// Whether the two voices have a channel each.
    pub stereo: bool,
}

/// Writes a talk as a WAV file of 16 bits.
///
/// # Errors
/// If the file cannot be written.
pub fn write(talk: Talk, path: &Path) -> Result<(), hound::Error> {
    let [left, right] = speak(talk);
    let channels = if talk.stereo { 2 } else { 1 };
    let spec = WavSpec { channels, sample_rate: RATE, bits_per_sample: 16, sample_format: SampleFormat::Int };
    let mut file = WavWriter::create(path, spec)?;
    for (left, right) in left.into_iter().zip(right) {
        if talk.stereo {
            file.write_sample(loud(left))?;
            file.write_sample(loud(right))?;
        } else {
            file.write_sample(loud(left + right))?;
        }
    }
    file.finalize()
}

fn loud(sample: f32) -> i16 {
    // Loud passages are bent instead of cut off.
    (sample / (1.0 + sample.abs()) * 30_000.0) as i16
}

/// The two sides of a talk: first the chime, then one phrase after the other until time is up.
fn speak(talk: Talk) -> [Vec<f32>; 2] {
    let mut rng = StdRng::seed_from_u64(talk.seed);
    let length = (talk.seconds * RATE) as usize;
    let mut voices = [Voice::new(112.0, 1.0), Voice::new(205.0, 1.12)];
    let mut sides = [chime(), chime()];
    let mut turn = rng.random_bool(0.5);
    while sides.iter().any(|side| side.len() < length) {
        let [low, high] = &mut voices;
        let phrase = if turn { low.phrase(&mut rng) } else { high.phrase(&mut rng) };
        let silence = vec![0.0; phrase.len()];
        let [left, right] = &mut sides;
        left.extend(if turn { &phrase } else { &silence });
        right.extend(if turn { &silence } else { &phrase });
        turn = !turn;
    }
    for side in &mut sides {
        side.truncate(length);
        // A line is never quite silent.
        side.iter_mut().for_each(|sample| *sample += rng.random_range(-0.002..0.002));
    }
    sides
}

fn chime() -> Vec<f32> {
    let note = |hz: &f32| {
        let hz = *hz;
        (0..RATE / 6).map(move |at| {
            let seconds = at as f32 / RATE as f32;
            0.12 * (2.0 * PI * hz * seconds).sin() * (-9.0 * seconds).exp()
        })
    };
    CHIME.iter().flat_map(note).collect()
}

/// One speaker.
struct Voice {
    /// Their usual pitch, in Hz.
    pitch: f32,
    /// How much shorter their vocal tract is than the one that the vowels are measured on.
    scale: f32,
    phase: f32,
    mouth: [f32; 3],
    resonances: [Resonance; 3],
}

impl Voice {
    fn new(pitch: f32, scale: f32) -> Voice {
        let [neutral, ..] = VOWELS;
        Voice { pitch, scale, phase: 0.0, mouth: neutral, resonances: [Resonance::default(); 3] }
    }

    /// Some syllables and a pause.
    fn phrase(&mut self, rng: &mut StdRng) -> Vec<f32> {
        let mut out = vec![];
        let syllables = rng.random_range(4..11);
        for nth in 0..syllables {
            // The voice sinks towards the end, and stresses some syllables.
            let sink = 1.12 - 0.28 * nth as f32 / syllables as f32;
            let pitch = self.pitch * sink * rng.random_range(0.94..1.1);
            if rng.random_bool(0.55) {
                hiss(&mut out, rng);
            }
            let vowel = VOWELS.choose(rng).copied().unwrap_or(self.mouth);
            let length = rng.random_range(18..46) * STEP;
            self.vowel(&mut out, vowel, pitch, length);
        }
        out.extend(std::iter::repeat_n(0.0, rng.random_range(1_600..4_400)));
        out
    }

    /// A vowel, into which the mouth moves from where it was.
    fn vowel(&mut self, out: &mut Vec<f32>, vowel: [f32; 3], pitch: f32, length: usize) {
        for at in (0..length).step_by(STEP) {
            for ((place, target), (resonance, width)) in
                self.mouth.iter_mut().zip(vowel).zip(self.resonances.iter_mut().zip(BANDWIDTHS))
            {
                *place += (target * self.scale - *place) * 0.25;
                resonance.tune(*place, width);
            }
            let loudness = (PI * at as f32 / length as f32).sin().sqrt();
            out.extend((0..STEP).map(|_| self.sample(pitch) * loudness));
        }
    }

    fn sample(&mut self, pitch: f32) -> f32 {
        self.phase = (self.phase + pitch / RATE as f32).fract();
        // The glottis opens slowly, shuts fast and stays shut: the change of its flow is what sounds.
        let flow = match self.phase {
            p if p < 0.4 => 6.0 * (p / 0.4) * (1.0 - p / 0.4) * 0.4,
            p if p < 0.56 => -2.0 * (p - 0.4) / 0.16,
            _ => 0.0,
        };
        self.resonances.iter_mut().fold(flow, |sound, resonance| resonance.pass(sound)) * 0.55
    }
}

/// A consonant: noise that swells and fades.
fn hiss(out: &mut Vec<f32>, rng: &mut StdRng) {
    let length = rng.random_range(250..600);
    let mut last = 0.0;
    for at in 0..length {
        let noise: f32 = rng.random_range(-1.0..1.0);
        out.push((noise - last) * 0.05 * (PI * at as f32 / length as f32).sin());
        last = noise;
    }
}

/// A resonance of two poles (Klatt, 1980).
#[derive(Debug, Clone, Copy, Default)]
struct Resonance {
    gain: f32,
    first: f32,
    second: f32,
    before: [f32; 2],
}

impl Resonance {
    fn tune(&mut self, hz: f32, width: f32) {
        let step = 1.0 / RATE as f32;
        self.second = -(-2.0 * PI * width * step).exp();
        self.first = 2.0 * (-PI * width * step).exp() * (2.0 * PI * hz.min(3_800.0) * step).cos();
        self.gain = 1.0 - self.first - self.second;
    }

    fn pass(&mut self, sample: f32) -> f32 {
        let [last, but_last] = self.before;
        let now = self.gain * sample + self.first * last + self.second * but_last;
        self.before = [now, last];
        now
    }
}
