//! What every class of schedule declares: its name, its parameters with their defaults, and its documentation.
//!
//! [`constructor!`] turns one declaration into the struct, its rustdoc page, the reader of its constructor text and the
//! writer, so that none of them can disagree. The documentation is also a value: the playground and `lrscope` show it.

use crate::notation::{Argument, Arguments, NotationError};

/// The library that a class of schedule comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Library {
    /// `torch.optim.lr_scheduler`, torch 2.15.
    Torch,
    /// `transformers.optimization`, transformers 5.23.
    Transformers,
    /// `timm.scheduler`, timm 1.0.31.
    Timm,
    /// `optax.schedules`, optax 0.2.8.
    Optax,
    /// `keras.optimizers.schedules`, Keras 3.15.
    Keras,
    /// `warmup_scheduler`, the package warmup-scheduler 0.3.
    GradualWarmup,
    /// Ours: phases and points, for shapes that the libraries have no class for.
    Lrscope,
}

impl Library {
    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Torch => "PyTorch",
            Self::Transformers => "transformers",
            Self::Timm => "timm",
            Self::Optax => "optax",
            Self::Keras => "Keras",
            Self::GradualWarmup => "warmup-scheduler",
            Self::Lrscope => "lrscope",
        }
    }
}

/// What a class of schedule is called, takes and means.
#[derive(Clone, Copy, Debug)]
pub struct Class {
    /// The name of the constructor, without its module.
    pub name: &'static str,
    /// Where it comes from.
    pub library: Library,
    /// What it is for, its formula, its conventions and its source; Markdown. With the feature `docs`.
    #[cfg(feature = "docs")]
    pub documentation: &'static str,
    /// The parameters after the optimizer, in the order of the signature.
    pub parameters: &'static [Parameter],
}

/// A parameter of a constructor.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// Its name in Python.
    pub name: &'static str,
    /// What it means and in what unit; empty for those that are read and have no effect here, and without the feature
    /// `parameters`.
    pub documentation: &'static str,
}

/// A struct that stands for a constructor call.
pub(crate) trait Constructor: Sized {
    const CLASS: Class;

    /// With what was given; where that cannot be read, `given` holds the error, and the result means nothing.
    fn take(given: &Arguments<'_>) -> Self;

    /// With what was given.
    fn read(given: &Arguments<'_>) -> Result<Self, NotationError> {
        given.unless_wrong(Self::take(given))
    }

    /// Adds the arguments that differ from their defaults, as `name=value`.
    fn write(&self, arguments: &mut Vec<String>);

    /// The arguments that differ from their defaults, as `name=value`.
    fn arguments(&self) -> Vec<String> {
        let mut arguments = Vec::new();
        self.write(&mut arguments);
        arguments
    }
}

/// Adds an argument as `name=value` unless it is its default.
pub(crate) fn write_argument<T: Argument + PartialEq>(
    arguments: &mut Vec<String>,
    name: &str,
    value: &T,
    default: Option<&T>,
) {
    if default != Some(value) {
        arguments.push(format!("{name}={}", value.write()));
    }
}

/// Declares the constructor of a schedule.
///
/// ```text
/// constructor! {
///     /// Documentation.
///     CosineAnnealingLR = "CosineAnnealingLR" in Torch;
///     /// What the parameter means.
///     t_max as "T_max": Steps,
///     /// Parameters with a default may be left out.
///     eta_min: f64 = 0.0,
///     @ignored "last_epoch";
/// }
/// ```
macro_rules! constructor {
    (
        $(#[doc = $documentation:literal])*
        $name:ident = $class:literal in $library:ident;
        $(
            $(#[doc = $field_documentation:literal])*
            $field:ident $(as $parameter:literal)?: $type:ty $(= $default:expr)?,
        )*
        $(@ignored $($ignored:literal),+;)?
    ) => {
        $(#[doc = $documentation])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name {
            $(
                $(#[doc = $field_documentation])*
                pub $field: $type,
            )*
        }

        impl $crate::class::Constructor for $name {
            const CLASS: $crate::class::Class = $crate::class::Class {
                name: $class,
                library: $crate::class::Library::$library,
                #[cfg(feature = "docs")]
                documentation: concat!($($documentation, "\n"),*),
                parameters: &[
                    $($crate::class::Parameter {
                        name: $crate::class::constructor!(@name $field $($parameter)?),
                        documentation: if cfg!(feature = "parameters") { concat!($($field_documentation),*) } else { "" },
                    },)*
                    $($($crate::class::Parameter { name: $ignored, documentation: "" },)+)?
                ],
            };

            fn take(given: &$crate::notation::Arguments<'_>) -> Self {
                let _ = given;
                Self {
                    $($field: given.value::<$type>(
                        $crate::class::constructor!(@name $field $($parameter)?),
                        $crate::class::constructor!(@default $($default)?),
                    ),)*
                }
            }

            fn write(&self, arguments: &mut Vec<String>) {
                let _ = arguments;
                $($crate::class::write_argument::<$type>(
                    arguments,
                    $crate::class::constructor!(@name $field $($parameter)?),
                    &self.$field,
                    $crate::class::constructor!(@default $($default)?).as_ref(),
                );)*
            }
        }
    };
    (@name $field:ident) => { stringify!($field) };
    (@name $field:ident $parameter:literal) => { $parameter };
    (@default) => { None };
    (@default $default:expr) => { Some($default) };
}
pub(crate) use constructor;
