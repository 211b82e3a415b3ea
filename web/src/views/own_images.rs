//! Images of the user's own to train on: a pair of IDX files, opened or dropped, at once or one after the other.

use leptos::prelude::*;
use trainer::experiment::Task;
use trainer::idx::{self, Idx};
use wasm_bindgen::JsValue;

use crate::files;
use crate::state::State;

/// Takes files where the task needs them.
#[component]
pub fn OwnImages(state: RwSignal<State>) -> impl IntoView {
    let over = RwSignal::new(false);
    let words = RwSignal::new(String::new());
    let kept: StoredValue<Option<Idx>> = StoredValue::new(None);
    let take = move |event: &JsValue| {
        let chosen = files::files_of(event);
        leptos::task::spawn_local(async move {
            words.set("Reading.".into());
            for file in chosen {
                let read = files::beginning_of(&file, idx::MOST_BYTES).await;
                let told = read
                    .and_then(|bytes| idx::read(&file.name, &bytes))
                    .and_then(|half| add(state, kept, half))
                    .unwrap_or_else(|sentence| sentence);
                words.set(told);
            }
        });
    };
    let drop = move |event: leptos::ev::DragEvent| {
        event.prevent_default();
        over.set(false);
        take(&event);
    };
    let needed = move || state.with(|state| state.experiment.task.name() == Task::OWN_IMAGES);
    view! {
        <Show when=needed>
            <div class="drop" data-testid="own-images" class:over=over on:drop=drop on:dragleave=move |_| over.set(false)
                on:dragover=move |event| { event.prevent_default(); over.set(true); }>
                <label class="file">
                    <input type="file" multiple class="visually-hidden" data-testid="open-images" on:change=move |event| take(&event) />
                    <span>"Open images and labels"</span>
                </label>
                " or drop them here: the IDX files of MNIST or Fashion-MNIST, .gz or not. They stay on this machine; a link does not hold them."
                <p role="status" data-testid="images-words">{words}</p>
            </div>
        </Show>
    }
}

/// Keeps half of a pair, or trains on both halves from here on; says which.
fn add(state: RwSignal<State>, kept: StoredValue<Option<Idx>>, half: Idx) -> Result<String, String> {
    let is_labels = |half: &Idx| matches!(half, Idx::Labels { .. });
    match kept.get_value().filter(|other| is_labels(other) != is_labels(&half)) {
        Some(other) => {
            let images = idx::pair(other, half)?;
            let count = images.len();
            kept.set_value(None);
            state.update(|state| state.experiment.bring_images(images));
            Ok(format!("{count} images are there: press Run."))
        }
        None => {
            let missing = if is_labels(&half) { "the images" } else { "the labels" };
            kept.set_value(Some(half));
            Ok(format!("Now {missing} that belong to them."))
        }
    }
}
