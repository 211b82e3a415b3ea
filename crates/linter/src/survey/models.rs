//! Models as their constructors are written: those that are built on attention, and their last layers.

use ruff_python_ast::{Expr, ExprCall, Number, StmtFunctionDef, StmtImportFrom};

use crate::names;
use crate::syntax::{given_number, last_name};

/// One or two layers, in so many words: such a model trains without a warmup.
pub(super) fn is_shallow(call: &ExprCall) -> bool {
    let is_depth =
        |name: &str| matches!(name, "num_layers" | "n_layers" | "depth" | "n_layer" | "nlayers" | "num_encoder_layers");
    given_number(call, is_depth).any(|depth| depth <= 2)
}

/// `ViTFirstPart(model, layer)`: a part of a model that is there, or something around it.
pub(super) fn is_made_of_model(call: &ExprCall) -> bool {
    matches!(call.arguments.args.first(), Some(Expr::Name(name)) if name.id == "model")
}

/// A model with a number of heads and of layers is built on attention.
pub(super) fn has_heads_and_layers(call: &ExprCall) -> bool {
    let by_keyword = call.arguments.keywords.iter().filter_map(|keyword| Some(keyword.arg.as_ref()?.as_str()));
    // `Encoder(vocabulary, args.enc_layers, args.enc_heads)`.
    let by_position = call.arguments.args.iter().filter_map(last_name);
    let given: Vec<String> = by_keyword.chain(by_position).map(str::to_ascii_lowercase).collect();
    let has = |part: &str| given.iter().any(|name| name.contains(part));
    // `num_head_layers`, `use_aux_head`: the last layers of a model, and not what attends.
    let has_heads = given.iter().any(|name| name.contains("head") && !name.contains("layer") && !name.contains("aux"));
    (has_heads && !has("config")) && (has("layers") || has("depth"))
}

/// `Adam(..., betas=(0.9, 0.98), eps=1e-9)`: the optimizer of "Attention Is All You Need" (Vaswani et al. 2017, section 5.3),
/// which is seldom given to anything but a transformer.
pub(super) fn is_optimizer_of_attention(call: &ExprCall) -> bool {
    let number = |expression: &Expr| match expression {
        Expr::NumberLiteral(literal) => match literal.value {
            Number::Float(value) => Some(value),
            _ => None,
        },
        _ => None,
    };
    let keyword = |name: &str| Some(&call.arguments.find_keyword(name)?.value);
    let betas = match keyword("betas") {
        Some(Expr::Tuple(betas)) => betas.elts.get(1).and_then(number),
        _ => None,
    };
    betas == Some(0.98) && keyword("eps").and_then(number) == Some(1e-9)
}

/// The attribute under which a model keeps its last layers.
pub(super) fn is_head(name: &str) -> bool {
    matches!(name, "fc" | "classifier" | "head" | "heads" | "last_linear" | "_fc" | "box_predictor")
}

pub(super) fn is_layer(value: &Expr) -> bool {
    let Expr::Call(call) = value else { return false };
    last_name(&call.func).is_some_and(|name| {
        matches!(name, "Linear" | "Sequential" | "LazyLinear") || name.ends_with("Predictor") || name.ends_with("Head")
    })
}

/// A function that builds a model on attention, by its name: `build_transformer`.
fn builds_attention_model(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let verb = ["build_", "make_", "create_", "construct_", "instance_", "instantiate_", "init_"];
    verb.iter().any(|verb| lower.starts_with(verb))
        && ["transformer", "_gpt", "_vit"]
            .iter()
            .any(|kind| lower.ends_with(kind) || lower.ends_with(&format!("{kind}_model")))
}

/// A model of timm or torchvision that is built on attention, by its name: `vit_small_patch16_224`.
fn is_in_zoo(name: &str) -> bool {
    let Some((family, size)) = name.split_once('_') else { return false };
    const SIZES: [&str; 10] = ["tiny", "small", "base", "large", "huge", "b_", "l_", "s_", "t_", "h_"];
    matches!(family, "vit" | "deit" | "deit3" | "swin" | "swinv2" | "beit" | "cait" | "eva02")
        && (SIZES.iter().any(|known| size.starts_with(known)) || matches!(size, "t" | "s" | "b" | "l"))
}

/// `timm.create_model("vit_small_patch16_224")`: the model of that name.
pub(super) fn from_zoo(call: &ExprCall) -> Option<&str> {
    let makes = last_name(&call.func).is_some_and(|name| matches!(name, "create_model" | "get_model"));
    match &*call.arguments.args {
        [Expr::StringLiteral(name)] if makes => Some(name.value.to_str()).filter(|name| is_in_zoo(name)),
        // What comes second says whether it has been trained.
        _ => None,
    }
}

/// `from model.transformer import Net`: a model by the module that it is in.
pub(super) fn of_module(import: &StmtImportFrom) -> impl Iterator<Item = &str> {
    let module = import.module.as_ref().map(|module| names::last_part(module)).unwrap_or_default();
    let is_known = matches!(module, "transformer" | "vit" | "gpt");
    let is_model = |name: &&str| name.ends_with("Net") || name.ends_with("Model") || name.ends_with("LM");
    import.names.iter().filter(move |_| is_known).map(|alias| alias.name.as_str()).filter(is_model)
}

/// `from src.transform import SSDTransformer`: what transforms data, by the module that it is in.
pub(super) fn data_of_module(import: &StmtImportFrom) -> impl Iterator<Item = &str> {
    const PARTS: [&str; 5] = ["transform", "augment", "dataset", "dataloader", "preprocess"];
    let module = import.module.as_ref().map(|module| names::last_part(module)).unwrap_or_default();
    // `transformer` and `transformers` are models.
    let is_data = PARTS.iter().any(|part| module.contains(part)) && !module.contains("transformer");
    import.names.iter().filter(move |_| is_data).map(|alias| alias.name.as_str())
}

/// A function that trains a model of a class that is built on attention: `train(model: Transformer, loader)`.
pub(super) fn trained_model(function: &StmtFunctionDef) -> Option<(&Expr, &str)> {
    if !names::trains(&function.name) {
        return None;
    }
    let given = function.parameters.iter_non_variadic_params();
    let annotated = given.filter_map(|parameter| parameter.parameter.annotation.as_deref());
    annotated
        .filter_map(|annotation| Some((annotation, last_name(annotation)?)))
        .find(|(_, name)| is_attention_model(name))
}

/// The class of a model that is built on attention, by its name.
pub(super) fn is_attention_model(name: &str) -> bool {
    if !name.starts_with(|first: char| first.is_ascii_uppercase()) {
        return matches!(name, "vit" | "deit") || is_in_zoo(name) || builds_attention_model(name);
    }
    const KINDS: [&str; 13] = [
        "transformer",
        "bert",
        "gpt",
        "deit",
        "swin",
        "vivit",
        "linformer",
        "performer",
        "decoderonly",
        "conformer",
        "roformer",
        "llama",
        "palm",
    ];
    const OTHERS: [&str; 19] = [
        "logger",
        // The convolutional network of Johnson et al. 2016 that transfers a style, as many examples call it.
        "transformernet",
        // Shapes of a molecule.
        "conformers",
        "datatransform",
        "config",
        "tokenizer",
        "dataset",
        "spatial",
        "column",
        "optim",
        "sched",
        "trainer",
        "loader",
        "quantiletransformer",
        "powertransformer",
        // Trained embeddings of sentences, by the library of that name.
        "sentencetransformer",
        "layer",
        "block",
        "function",
    ];
    let lower = name.to_ascii_lowercase();
    // `TrainTransform` and its like, which transform data.
    if ["train", "test", "val"].iter().any(|phase| lower.starts_with(phase)) {
        return false;
    }
    // `ViT3D`, `VIT3DSegmentation`.
    let is_upper = name.strip_prefix("VIT").is_some_and(|rest| rest.starts_with(|next: char| next.is_ascii_digit()));
    let is_vit =
        lower == "vit" || lower.starts_with("vit") && name.starts_with("ViT") || is_upper || lower.ends_with("_vit");
    (is_vit || KINDS.iter().any(|kind| lower.contains(kind))) && !OTHERS.iter().any(|other| lower.contains(other))
}
