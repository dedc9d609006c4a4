//! Text detection: the network's map of where text is, and the boxes around it.

use image::GrayImage;
use rten_tensor::NdTensor;

use super::geometry::Quad;

/// A page as the detector takes it, and how many of its px make one of the page's.
pub fn input(_page: &GrayImage) -> (NdTensor<f32, 4>, f32) {
    (NdTensor::zeros([1, 3, 32, 32]), 1.0)
}

/// The boxes.
pub fn boxes(_map: &[f32], _width: usize, _height: usize, _scale: f32) -> Vec<Quad> {
    Vec::new()
}
