//! The pictures of the README: the page, photographed in both colour schemes, and a race from Run to result.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use gif::{DisposalMethod, Encoder, Frame, Repeat};

use crate::page::{Gpu, Page};

/// The size of the page in the pictures, in pixels.
const SIZE: (u32, u32) = (1200, 860);
/// Time between two frames of the animation. What the race needs of the machine comes first.
const EVERY: Duration = Duration::from_millis(250);
/// How much faster than it was the animation is shown.
const SPEED: u128 = 3;
/// How long the animation shows what nobody changes.
const STILL: Duration = Duration::from_millis(5000);

#[test]
#[ignore = "writes pictures, and asserts nothing: `cargo xtask pictures`"]
fn pictures() {
    let folder = PathBuf::from(env::var_os("LRSCOPE_PICTURES").expect("LRSCOPE_PICTURES is the folder to write to."));
    fs::create_dir_all(&folder).unwrap();
    let page = Page::open("pictures", Gpu::Absent, "");
    page.size(SIZE.0, SIZE.1);
    page.text("outcome-0");
    for scheme in ["dark", "light"] {
        page.color_scheme(scheme);
        thread::sleep(Duration::from_millis(500));
        fs::write(folder.join(format!("page-{scheme}.png")), page.photograph()).unwrap();
    }
    let mut film = Film { page: &page, started: Instant::now(), frames: Vec::new() };
    film.hold();
    for counter_example in [false, true] {
        if counter_example {
            page.click("counter-example");
            film.hold();
        }
        page.click("run");
        film.until_done();
        film.hold();
    }
    film.write(&folder.join("race.gif"));
}

/// Frames of a page, and when each was taken.
struct Film<'p> {
    page: &'p Page,
    started: Instant,
    frames: Vec<(Duration, Vec<u8>)>,
}

impl Film<'_> {
    /// Takes a frame and waits for the time of the next one.
    fn shoot(&mut self) {
        let begin = Instant::now();
        let (width, height, pixels) = pixels(&self.page.photograph());
        assert_eq!((width, height), SIZE);
        self.frames.push((self.started.elapsed(), pixels));
        thread::sleep(EVERY.saturating_sub(begin.elapsed()));
    }

    fn hold(&mut self) {
        self.shoot();
        thread::sleep(STILL);
    }

    fn until_done(&mut self) {
        self.page.until("the start of the race", |page| page.data("status", "state").as_deref() != Some("done"));
        while self.page.data("status", "state").as_deref() != Some("done") {
            self.shoot();
        }
        self.shoot();
    }

    /// Writes each frame as what differs from the one before.
    fn write(&self, file: &Path) {
        let (width, height) = (SIZE.0 as u16, SIZE.1 as u16);
        let mut encoder = Encoder::new(File::create(file).unwrap(), width, height, &[]).unwrap();
        encoder.set_repeat(Repeat::Infinite).unwrap();
        let mut before: &[u8] = &[];
        for (index, (time, pixels)) in self.frames.iter().enumerate() {
            let until = self.frames.get(index + 1).map_or(*time + STILL, |(time, _)| *time);
            let Some((left, top, right, bottom)) = changed(before, pixels) else { continue };
            let mut part = Vec::new();
            for y in top..bottom {
                for x in left..right {
                    let at = (y * usize::from(width) + x) * 4;
                    let pixel = &pixels[at..at + 4];
                    let same = before.get(at..at + 4) == Some(pixel);
                    part.extend_from_slice(if same { &[0; 4] } else { pixel });
                }
            }
            let mut frame = Frame::from_rgba_speed((right - left) as u16, (bottom - top) as u16, &mut part, 10);
            (frame.left, frame.top) = (left as u16, top as u16);
            frame.dispose = DisposalMethod::Keep;
            frame.delay = ((until - *time).as_millis() / 10 / SPEED) as u16;
            encoder.write_frame(&frame).unwrap();
            before = pixels;
        }
        println!("{}: {} bytes", file.display(), fs::metadata(file).unwrap().len());
    }
}

/// The smallest box, `(left, top, right, bottom)`, that holds every pixel that differs.
fn changed(before: &[u8], now: &[u8]) -> Option<(usize, usize, usize, usize)> {
    let width = SIZE.0 as usize;
    let differing = now.chunks(4).zip(0..).filter(|(pixel, at)| before.get(at * 4..at * 4 + 4) != Some(*pixel));
    differing.map(|(_, at)| (at % width, at / width)).fold(None, |found, (x, y)| {
        let (left, top, right, bottom) = found.unwrap_or((x, y, x, y));
        Some((left.min(x), top.min(y), right.max(x + 1), bottom.max(y + 1)))
    })
}

/// Width, height and RGBA of a PNG.
fn pixels(png: &[u8]) -> (u32, u32, Vec<u8>) {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(png));
    decoder.set_transformations(png::Transformations::ALPHA | png::Transformations::STRIP_16);
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    pixels.truncate(info.buffer_size());
    (info.width, info.height, pixels)
}
