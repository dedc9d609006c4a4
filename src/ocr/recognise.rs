//! Text recognition and detection with the PP-OCRv6 models, run by rten.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;

use image::GrayImage;
use image::imageops::{FilterType, resize};
use rten::{Model, ModelOptions, RunOptions, ThreadPool, Value};
use rten_tensor::NdTensor;
use rten_tensor::prelude::*;

use super::alphabet::Alphabet;
use super::geometry::Quad;
use super::line::{Line, Step};
use super::{Ocr, detect, variants};

/// The detection model's file name.
pub const DETECTION: &str = "PP-OCRv6_det_small.onnx";
/// The recognition model's file name.
pub const RECOGNITION: &str = "PP-OCRv6_rec_small.onnx";
/// What installs them.
pub const SET_UP: &str = "scripts/setup-ocr.sh";

/// The height a line has when the recogniser reads it.
const HEIGHT: u32 = 48;
/// Widths are padded to a multiple of this, so that few shapes occur.
const WIDTH_STEP: u32 = 16;
/// Lines longer than this (px at 48 px height) are pressed together: about 60 characters.
const WIDEST: u32 = 2880;
/// How many characters besides the ASCII ones are kept for each step.
const KEPT: usize = 6;
/// Probabilities below this are not kept.
const KEPT_FROM: f32 = 1e-4;

/// The two networks, loaded once and shared by all threads.
pub struct Models {
    recognition: Model,
    detection: Model,
    /// The character of each class; class 0 is the blank.
    classes: Vec<char>,
    /// One-thread pools not in use: a network runs on the thread that asks, workers run side by side.
    pools: Mutex<Vec<Arc<ThreadPool>>>,
}

impl Models {
    /// Loads both models from a folder. The message says what is missing and what installs it.
    pub fn load(folder: &Path) -> Result<Models, String> {
        let model = |name: &str| {
            let path = folder.join(name);
            let missing = |e: &dyn std::fmt::Display| {
                format!("no text recognition: cannot load {}: {e}; run {SET_UP}", path.display())
            };
            let found = path.is_file();
            if !found {
                return Err(missing(&"no such file"));
            }
            ModelOptions::with_all_ops().prepack_weights(true).load_file(&path).map_err(|e| missing(&e))
        };
        Models::new(model(RECOGNITION)?, model(DETECTION)?)
    }

    fn new(recognition: Model, detection: Model) -> Result<Models, String> {
        let dictionary = recognition.metadata().get("character").unwrap_or_default();
        let mut classes = vec!['\0'];
        classes.extend(dictionary.lines().map(|line| line.chars().next().unwrap_or('\0')));
        classes.push(' ');
        if classes.len() < 1000 {
            return Err(format!("the recognition model carries no dictionary; run {SET_UP}"));
        }
        // Hurried handwriting is often taken for a Traditional form; what is meant is the simplified one.
        classes.iter_mut().for_each(|c| *c = variants::folded(*c));
        Ok(Models { recognition, detection, classes, pools: Mutex::new(Vec::new()) })
    }

    /// Runs a network on one thread.
    fn run(&self, model: &Model, input: NdTensor<f32, 4>) -> Option<Value> {
        let idle = self.pools.lock().ok().and_then(|mut pools| pools.pop());
        let pool = idle.unwrap_or_else(|| Arc::new(ThreadPool::with_num_threads(1)));
        let options = RunOptions::default().with_thread_pool(Some(pool.clone()));
        // A worker of one pool that waits for another pool takes up more of its own work meanwhile, cell upon cell on one
        // stack, each with a network under way: a page of two thousand cells ends the program. A thread just waits.
        let work = || model.run_one(input.into(), Some(options)).ok();
        let output = thread::scope(|scope| scope.spawn(work).join().ok().flatten());
        if let Ok(mut pools) = self.pools.lock() {
            pools.push(pool);
        }
        output
    }

    /// The likely characters of one step from the probabilities of all classes.
    fn step(&self, row: &[f32]) -> Step {
        let blank = row.first().copied().unwrap_or(1.0);
        let mut likely: Vec<(char, f32)> = Vec::new();
        if blank < 1.0 - KEPT_FROM {
            for (c, p) in self.classes.iter().zip(row).skip(1).filter(|(_, p)| **p > KEPT_FROM) {
                match likely.iter_mut().find(|(o, _)| o == c) {
                    Some(same) => same.1 += p,
                    None => likely.push((*c, *p)),
                }
            }
            likely.sort_by(|a, b| b.1.total_cmp(&a.1));
            let mut kept = 0;
            likely.retain(|(c, _)| {
                kept += 1;
                kept <= KEPT || c.is_ascii()
            });
        }
        Step { blank, likely }
    }
}

impl Ocr for Models {
    fn recognise(&self, crop: &GrayImage, alphabet: Alphabet) -> Line {
        let Some(input) = line_input(crop) else { return Line::default() };
        let Some(output) = self.run(&self.recognition, input) else { return Line::default() };
        let Ok(output) = TryInto::<NdTensor<f32, 3>>::try_into(output) else { return Line::default() };
        let [_, _, classes] = output.shape();
        let data = output.to_vec();
        let steps = data.chunks(classes.max(1)).map(|row| self.step(row)).collect();
        Line::decode(steps, alphabet)
    }

    fn detect(&self, page: &GrayImage) -> Vec<Quad> {
        let (input, scale) = detect::input(page);
        let Some(output) = self.run(&self.detection, input) else { return Vec::new() };
        let Ok(output) = TryInto::<NdTensor<f32, 4>>::try_into(output) else { return Vec::new() };
        let [_, _, height, width] = output.shape();
        detect::boxes(&output.to_vec(), width, height, scale)
    }
}

/// A line as the recogniser takes it: 48 px high, three equal channels from -1 to 1, grey 0 on the right.
fn line_input(crop: &GrayImage) -> Option<NdTensor<f32, 4>> {
    let (w, h) = crop.dimensions();
    if w < 2 || h < 2 {
        return None;
    }
    let width = (HEIGHT * w).div_ceil(h).clamp(8, WIDEST);
    let scaled = resize(crop, width, HEIGHT, FilterType::Triangle);
    let padded = width.next_multiple_of(WIDTH_STEP);
    let mut data = vec![0f32; (3 * HEIGHT * padded) as usize];
    for (x, y, pixel) in scaled.enumerate_pixels() {
        let value = f32::from(pixel.0[0]) / 127.5 - 1.0;
        for channel in 0..3 {
            data[((channel * HEIGHT + y) * padded + x) as usize] = value;
        }
    }
    Some(NdTensor::from_data([1, 3, HEIGHT as usize, padded as usize], data))
}
