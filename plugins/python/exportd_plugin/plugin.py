"""What a plugin is and has."""
import json
import platform
import re
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, List, Optional

from .failure import ParamError
from .image import Image
from .wire import PROTOCOL, encoder_pb2, plugin_pb2


@dataclass
class EncodeCall:
    """What an encoder is asked to do."""

    encoder: str
    image: Image
    params: Dict[str, Any]  # defaults filled in
    quality: int  # qlt of the modifier, 1..100; params are stronger than this and the next two
    lossless: bool
    full_chroma: bool
    warnings: List[str] = field(default_factory=list)

    def warn(self, text):
        """Adds what people should know about the result, one sentence."""
        if len(self.warnings) < 16:
            self.warnings.append(text[:1024])


@dataclass
class Encoder:
    """An encoder. params are the properties of a JSON Schema, by name; required
    lists those that must be there, example is a complete set that works."""

    name: str
    extension: str
    encode: Callable[[EncodeCall, Any], None]
    media_type: str = "application/octet-stream"
    description: str = ""
    format: str = ""  # the token of fmt= that it answers to
    samples: List[int] = field(default_factory=list)  # the best first
    spaces: List[int] = field(default_factory=list)  # the best first
    alpha: bool = False
    animation: bool = False
    icc: bool = False  # it writes the profile
    max_edge: int = 0  # pixels; 0 for no bound
    params: Dict[str, Dict[str, Any]] = field(default_factory=dict)
    required: List[str] = field(default_factory=list)
    example: Dict[str, Any] = field(default_factory=dict)
    validate: Optional[Callable[[Dict[str, Any]], None]] = None  # raises ParamError; reads no network


@dataclass
class Command:
    """A command of a modifier, or the use of another macro. Values are written
    plainly; exportd escapes them."""

    name: str = ""
    value: str = ""
    macro: str = ""


@dataclass
class MacroCall:
    """One use of a macro. asset is None for a macro that is not per_asset."""

    name: str
    asset: Any
    before: List[Command]


@dataclass
class Macro:
    """A macro, or a family of them where name holds *. expand gives Commands, and
    None for a name that does not exist after all."""

    name: str
    expand: Callable[[MacroCall], Optional[List[Command]]]
    description: str = ""
    examples: List[str] = field(default_factory=list)
    per_asset: bool = False

    def matches(self, name):
        """Reports whether the name is one of the macro's."""
        pattern = ".*".join(re.escape(part) for part in self.name.split("*"))
        return re.fullmatch(pattern, name, re.IGNORECASE | re.DOTALL) is not None


@dataclass
class Plugin:
    """A plugin. name is lower-case letters, digits and dashes, version semver."""

    name: str
    version: str
    description: str = ""
    licence: str = ""
    homepage: str = ""
    encoders: List[Encoder] = field(default_factory=list)
    macros: List[Macro] = field(default_factory=list)
    config: Dict[str, Dict[str, Any]] = field(default_factory=dict)  # properties of a JSON Schema
    configure: Optional[Callable[[Dict[str, Any]], None]] = None
    environment: List[str] = field(default_factory=list)
    deterministic: bool = False
    network: bool = False

    def card(self):
        """The plugin as the wire describes it."""
        card = plugin_pb2.DescribeResponse(
            name=self.name, version=self.version, description=self.description, licence=self.licence, homepage=self.homepage,
            language="python " + platform.python_version(), protocols=[PROTOCOL],
            capabilities=plugin_pb2.Capabilities(file_handoff=True, deterministic=self.deterministic, network=self.network),
            config_schema=schema(self.config, [], {}), environment=self.environment,
        )
        for m in self.macros:
            card.macros.add(name=m.name, description=m.description, examples=m.examples, per_asset=m.per_asset)
        for e in self.encoders:
            card.encoders.add(
                name=e.name, description=e.description, format=e.format, extension=e.extension, media_type=e.media_type,
                sample_formats=e.samples, colour_spaces=e.spaces, alpha=e.alpha, animation=e.animation, icc_profile=e.icc,
                max_edge=e.max_edge, params_schema=schema(e.params, e.required, e.example),
            )
        return card


def schema(properties, required, example):
    """The JSON Schema of params, "" for none."""
    if not properties:
        return ""
    doc = {
        "$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "additionalProperties": False,
        "properties": properties, "examples": [example],
    }
    if required:
        doc["required"] = required
    return json.dumps(doc, sort_keys=True)


KINDS = {"string": str, "integer": int, "number": (int, float), "boolean": bool}


def read_params(text, properties, required):
    """The params of a call, checked and with defaults filled in."""
    params = {name: p["default"] for name, p in properties.items() if "default" in p}
    try:
        given = json.loads(text or "{}")
    except ValueError as error:
        raise ParamError("", f"the params are no JSON object: {error}") from None
    for name, value in given.items():
        known = properties.get(name)
        if known is None:
            raise ParamError("/" + name, f'unknown param "{name}"', "known are " + (", ".join(sorted(properties)) or "none"))
        kind = known.get("type", "string")
        if not isinstance(value, KINDS[kind]) or isinstance(value, bool) != (kind == "boolean"):
            raise ParamError("/" + name, f"{name} is {json.dumps(value)}, want {kind}")
        if "enum" in known and value not in known["enum"]:
            raise ParamError("/" + name, f"{name} is {json.dumps(value)}, allowed are {', '.join(known['enum'])}")
        low, high = known.get("minimum", value), known.get("maximum", value)
        if kind in ("integer", "number") and not low <= value <= high:
            raise ParamError("/" + name, f"{name} is {value}, allowed is {low} to {high}")
        params[name] = value
    for name in required:
        if name not in params:
            raise ParamError("/" + name, f'the param "{name}" is missing')
    return params


def encode_call(open_message, encoder, rows):
    """The call that open begins."""
    wish = open_message.wish
    return EncodeCall(
        encoder=encoder.name, image=Image(open_message.image, rows), params=read_params(open_message.params_json, encoder.params, encoder.required),
        quality=wish.quality, lossless=wish.lossless, full_chroma=wish.full_chroma,
    )


def done(size, in_file, warnings):
    """The message that ends a call."""
    return encoder_pb2.EncodeResponse(done=encoder_pb2.EncodeDone(size=size, in_file=in_file, warnings=warnings))
