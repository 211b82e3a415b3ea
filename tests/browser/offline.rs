//! Without a network: what has been opened once can be opened again, and trains.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::navigation::wait_for_view;
use crate::page::{Gpu, Page, site_folder};
use crate::server::{self, Deed, Deeds};

static RUNNING: AtomicBool = AtomicBool::new(true);

#[test]
fn the_page_and_its_tools_work_without_a_network() {
    // One file that nothing but the service worker asks for is not to be had at first, which must not keep it from the rest.
    let deeds = Deeds::default();
    let refused = [("peak-too-high-2.metrics.csv", Deed::RefuseOnce("503 Service Unavailable"))];
    deeds.lock().expect("nobody failed with it").extend(refused);
    let address = server::start_with(site_folder(), &RUNNING, Arc::clone(&deeds));
    let page =
        Page::open_at("offline", Gpu::Absent, &format!("{address}#demo=spirals&steps=20&seeds=1&device=cpu&v=1"));
    wait_for_view(&page, "race");
    page.wait_for_script("navigator.serviceWorker.controller?.state === 'activated'");
    assert!(deeds.lock().expect("nobody failed with it").is_empty(), "the file was asked for");
    RUNNING.store(false, Ordering::SeqCst);
    // One last connection wakes the server, so that it sees that it is over.
    page.run("return fetch('./robots.txt?wake', { cache: 'no-store' }).then(() => 'answered', () => 'refused')");
    page.reload();
    wait_for_view(&page, "race");
    page.train();
    for view in ["check", "advise", "learn"] {
        page.click(&format!("view-{view}"));
        wait_for_view(&page, view);
    }
    page.screenshot("check");
    let gone =
        page.run("return fetch('./robots.txt?gone', { cache: 'no-store' }).then(() => 'answered', () => 'refused')");
    assert_eq!(gone, "refused", "the server is gone");
}

#[test]
fn the_page_can_be_installed() {
    let page = Page::open("install", Gpu::Absent, "");
    let manifest = page.run(
        "const address = document.querySelector('link[rel=manifest]').href;
         return fetch(address).then(response => response.json()).then(manifest =>
            fetch(new URL(manifest.icons[0].src, address)).then(icon => ({ ...manifest, icon: icon.ok })))",
    );
    assert_eq!((&manifest["display"], &manifest["icon"]), (&"standalone".into(), &true.into()), "{manifest}");
    let problems = page.installability();
    assert!(problems.is_empty(), "{problems:?}");
}
