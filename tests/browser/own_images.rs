//! Image files of the user's own are dropped, trained on, and told apart from what is none.

use crate::page::{Gpu, Page};

/// Drops files on the field for them: `make` is JavaScript that returns a list of names and bytes, or promises of them.
fn drop_files(page: &Page, make: &str) {
    page.run(&format!(
        "const idx = (kind, dimensions, body) => Uint8Array.from([0, 0, 8, kind,
             ...dimensions.flatMap(d => [d >> 24, d >> 16 & 255, d >> 8 & 255, d & 255]), ...body]);
         // Ten classes of bright squares at ten places, 120 images of 28 by 28, as MNIST has them.
         const square = (n) => Array.from({{ length: 784 }}, (_, p) =>
             Math.floor(p % 28 / 5) === n % 5 && Math.floor(p / 28 / 14) === Math.floor(n % 10 / 5) ? 255 : 0);
         const numbers = Array.from({{ length: 120 }}, (_, n) => n);
         const images = idx(3, [120, 28, 28], numbers.flatMap(square));
         const labels = idx(1, [120], numbers.map(n => n % 10));
         const packed = async (bytes) => new Uint8Array(await new Response(
             new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer());
         return (async () => {{
             const files = new DataTransfer();
             for (const [name, bytes] of {make}) files.items.add(new File([await bytes], name));
             document.querySelector('[data-testid=own-images]')
                 .dispatchEvent(new DragEvent('drop', {{ dataTransfer: files, bubbles: true, cancelable: true }}));
         }})()"
    ));
}

fn wait_for_words(page: &Page, words: &str) {
    page.until(words, |page| page.text("images-words").contains(words));
}

#[test]
fn files_of_ones_own_are_dropped_and_trained_on() {
    let page = Page::open("own-images", Gpu::Absent, "demo=spirals&steps=60&seeds=2&device=cpu&v=1");
    page.text("task-select");
    assert!(!page.has("own-images"), "nobody is asked for files who does not need them");
    page.choose("task-select", "own-images");
    page.text("own-images");
    page.click("run");
    page.wait_for_state("failed");
    assert!(page.text("fault").contains("needs image files of your own"), "{}", page.text("fault"));

    drop_files(&page, "[['cat.png', Uint8Array.of(137, 80, 78, 71)]]");
    wait_for_words(&page, "cat.png is no IDX file");
    drop_files(&page, "[['cut.gz', packed(images).then(bytes => bytes.slice(0, 200))]]");
    wait_for_words(&page, "cut.gz cannot be read; is it a whole file?");
    drop_files(&page, "[['short', images.slice(0, 5000)]]");
    wait_for_words(&page, "short is cut off");
    drop_files(&page, "[['train-labels-idx1-ubyte', labels]]");
    wait_for_words(&page, "Now the images that belong to them.");
    drop_files(&page, "[['train-images-idx3-ubyte.gz', packed(images)]]");
    wait_for_words(&page, "120 images are there");
    page.screenshot("there");

    page.train();
    let link = page.run("return location.hash");
    let link = link.as_str().unwrap_or_default();
    assert!(link.contains("own-images") && link.len() < 300, "{link}");
    page.assert_no_errors();
}
