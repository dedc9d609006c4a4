//! A page as one plane of light, and the few pictures of it that the decoders are shown.

use image::RgbImage;

/// A page's longest side as it is decoded, in px: A4 at 340 dpi, a phone's 12 megapixels. Time and memory follow from it.
const LONGEST: usize = 4000;
/// Points of a block that are averaged on a side when a page is shrunk; enough for ink, and a page of 20,000 px
/// costs no more than one of 12,000.
const POINTS: usize = 3;

/// Light from 0 (ink) to 255 (paper), row by row.
#[derive(Debug, Clone)]
pub struct Plane {
    pub width: usize,
    pub height: usize,
    pub light: Vec<u8>,
    /// Pixels of the page to one of the plane, across and down.
    pub scale: [f32; 2],
}

impl Plane {
    /// The red channel, in which the red of a seal is paper; shrunk if the page is larger than [`LONGEST`].
    pub fn of(page: &RgbImage) -> Plane {
        let (width, height) = (page.width() as usize, page.height() as usize);
        let block = width.max(height).div_ceil(LONGEST).max(1);
        let scale = [block as f32; 2];
        let samples = page.as_raw();
        if block == 1 {
            return Plane { width, height, light: samples.iter().step_by(3).copied().collect(), scale };
        }
        let (width, height, row) = (width / block, height / block, width * 3);
        let step = block.div_ceil(POINTS);
        let count = block.div_ceil(step).pow(2) as u32;
        let mut light = Vec::with_capacity(width * height);
        for y in 0..height {
            for x in 0..width {
                let corner = y * block * row + x * block * 3;
                let points = (0..block).step_by(step).flat_map(|dy| (0..block).step_by(step).map(move |dx| (dx, dy)));
                let sum: u32 = points.map(|(dx, dy)| u32::from(samples[corner + dy * row + dx * 3])).sum();
                light.push((sum / count) as u8);
            }
        }
        Plane { width, height, light, scale }
    }

    /// Whether it has hardly any grey, as a fax has.
    pub fn is_black_and_white(&self) -> bool {
        let step = (self.light.len() / 10_000).max(1);
        let grey = self.light.iter().step_by(step).filter(|light| (16..240).contains(*light)).count();
        grey * step * 100 < self.light.len()
    }

    /// Edges made steeper: what a pixel differs from its surroundings by is added to it `amount` times.
    pub fn sharpened(&self, amount: f32) -> Plane {
        let soft = self.softened();
        let gain = (amount * 256.0) as i32;
        let sharp = |(here, around): (&u8, &u8)| {
            let (here, around) = (i32::from(*here), i32::from(*around));
            (here + (((here - around) * gain) >> 8)).clamp(0, 255) as u8
        };
        Plane { light: self.light.iter().zip(&soft).map(sharp).collect(), ..*self }
    }

    /// Blurred by 1 4 6 4 1 across and down (a deviation of one pixel); the edge repeats itself.
    fn softened(&self) -> Vec<u8> {
        let mut across = self.light.clone();
        for (line, out) in self.light.chunks_exact(self.width).zip(across.chunks_exact_mut(self.width)) {
            for (five, out) in line.windows(5).zip(out.iter_mut().skip(2)) {
                *out = weigh([five[0], five[1], five[2], five[3], five[4]]);
            }
        }
        let mut both = across.clone();
        let rows: Vec<&[u8]> = across.chunks_exact(self.width).collect();
        for (five, out) in rows.windows(5).zip(both.chunks_exact_mut(self.width).skip(2)) {
            let [a, b, c, d, e] = [five[0], five[1], five[2], five[3], five[4]];
            for (x, out) in out.iter_mut().enumerate() {
                *out = weigh([a[x], b[x], c[x], d[x], e[x]]);
            }
        }
        both
    }

    /// Half as wide and as high, each pixel the mean of four: noise and blur go with the size.
    pub fn halved(&self) -> Plane {
        let (width, height) = (self.width / 2, self.height / 2);
        let mut light = Vec::with_capacity(width * height);
        for rows in self.light.chunks_exact(self.width * 2) {
            let (above, below) = rows.split_at(self.width);
            for (a, b) in above.chunks_exact(2).zip(below.chunks_exact(2)) {
                let sum: u16 = a.iter().chain(b).map(|light| u16::from(*light)).sum();
                light.push((sum / 4) as u8);
            }
        }
        Plane { width, height, light, scale: self.scale.map(|scale| scale * 2.0) }
    }

    /// Twice as high, as a page faxed at half the resolution downwards should be.
    pub fn stretched(&self) -> Plane {
        let rows: Vec<&[u8]> = self.light.chunks_exact(self.width).collect();
        let mut light = Vec::with_capacity(self.light.len() * 2);
        for (y, row) in rows.iter().enumerate() {
            let next = rows.get(y + 1).unwrap_or(row);
            light.extend_from_slice(row);
            light.extend(row.iter().zip(next.iter()).map(|(a, b)| mean(*a, *b)));
        }
        Plane { height: self.height * 2, light, scale: [self.scale[0], self.scale[1] / 2.0], ..*self }
    }

    /// Twice as wide and as high, so that a module of two or three pixels is seen by a decoder that wants more.
    pub fn doubled(&self) -> Plane {
        let mut light = Vec::with_capacity(self.light.len() * 2);
        for row in self.light.chunks_exact(self.width) {
            let nexts = row.iter().skip(1).chain(row.last());
            light.extend(row.iter().zip(nexts).flat_map(|(a, b)| [*a, mean(*a, *b)]));
        }
        let wide = Plane { width: self.width * 2, light, scale: [self.scale[0] / 2.0, self.scale[1]], ..*self };
        wide.stretched()
    }
}

fn mean(a: u8, b: u8) -> u8 {
    ((u16::from(a) + u16::from(b)) / 2) as u8
}

fn weigh(five: [u8; 5]) -> u8 {
    let [a, b, c, d, e] = five.map(u16::from);
    ((a + e + 4 * (b + d) + 6 * c + 8) / 16) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plane(width: usize, light: &[u8]) -> Plane {
        Plane { width, height: light.len() / width, light: light.to_vec(), scale: [1.0; 2] }
    }

    #[test]
    fn red_is_paper_and_a_large_page_is_shrunk_by_whole_blocks() {
        let page = RgbImage::from_fn(4002, 6, |x, _| image::Rgb(if x < 2000 { [255, 0, 0] } else { [0, 0, 255] }));
        let plane = Plane::of(&page);
        assert_eq!((plane.width, plane.height, plane.scale), (2001, 3, [2.0; 2]));
        assert_eq!((plane.light[999], plane.light[1000]), (255, 0));
    }

    #[test]
    fn sizes_and_scales_go_together() {
        let small = plane(4, &[0, 100, 200, 200, 100, 200, 0, 0]);
        let half = small.halved();
        assert_eq!((half.width, half.height, &*half.light, half.scale), (2, 1, &[100, 100][..], [2.0; 2]));
        let twice = small.doubled();
        assert_eq!((twice.width, twice.height, twice.light.len(), twice.scale), (8, 4, 32, [0.5; 2]));
        assert_eq!(twice.light[..8], [0, 50, 100, 150, 200, 200, 200, 200]);
        let high = small.stretched();
        assert_eq!((high.width, high.height, high.scale), (4, 4, [1.0, 0.5]));
        assert_eq!(high.light[4..8], [50, 150, 100, 100]);
        let odd = plane(3, &[9; 9]).halved();
        assert_eq!((odd.width, odd.height, odd.light.len()), (1, 1, 1));
    }

    #[test]
    fn sharpening_steepens_an_edge_and_leaves_plain_paper_alone() {
        assert_eq!(plane(6, &[77; 36]).sharpened(4.0).light, [77; 36]);
        let row = [60, 60, 60, 60, 120, 120, 120, 120];
        let sharp = plane(8, &row.repeat(6)).sharpened(2.0).light;
        assert!(sharp[3] < 60 && sharp[4] > 120, "{:?}", &sharp[..8]);
    }

    #[test]
    fn only_a_page_without_grey_is_black_and_white() {
        assert!(plane(100, &[0, 255].repeat(5000)).is_black_and_white());
        assert!(!plane(100, &[0, 128].repeat(5000)).is_black_and_white());
    }
}
