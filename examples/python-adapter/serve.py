"""A PyTorch model behind the embedding protocol (docs/embedding-protocol.md): standard library, torch and numpy.

    from serve import serve
    model = build_model(); model.load_state_dict(torch.load("weights.pt", weights_only=True))
    serve(model, image_size=32, weights="weights.pt", port=8000)

`model` takes float pictures [n, 3, size, size] in 0 … 1 and gives projections [n, d], or a dict with "projection" and
"features". Before unlearning and after: two processes, two ports.
"""

import base64
import binascii
import hashlib
import hmac
import json
import struct
import threading
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import numpy as np
import torch

IMAGES_PER_REQUEST = 64
TEXTS_PER_REQUEST = 256
BYTES_PER_REQUEST = 24 * 2**20
RGB_8_BIT = (8, 2, 0, 0, 0)


class Refusal(Exception):
    """An expected refusal; `message` says what to mend."""

    def __init__(self, status, code, message, field=None):
        super().__init__(message)
        self.status = status
        self.body = {"code": code, "message": message, "field": field}


def decode_png(data, size):
    """8-bit RGB pictures without interlace, with any filter (ISO 15948) → uint8 [size, size, 3]."""
    if data[:8] != b"\x89PNG\r\n\x1a\n":
        raise ValueError("not a PNG")
    offset, header, packed = 8, None, b""
    while offset + 8 <= len(data):
        length, kind = struct.unpack(">I4s", data[offset : offset + 8])
        content = data[offset + 8 : offset + 8 + length]
        if kind == b"IHDR":
            header = struct.unpack(">IIBBBBB", content)
        elif kind == b"IDAT":
            packed += content
        offset += length + 12
    if header != (size, size, *RGB_8_BIT):
        raise ValueError(f"not {size} x {size} in 8-bit RGB without interlace")
    stride = 3 * size
    unpacked = zlib.decompressobj()
    rows = np.frombuffer(unpacked.decompress(packed, size * (stride + 1)), np.uint8).reshape(size, stride + 1)
    picture = np.zeros((size, stride), np.uint8)
    for y in range(size):
        above = picture[y - 1] if y else np.zeros(stride, np.uint8)
        picture[y] = unfilter(int(rows[y, 0]), rows[y, 1:], above)
    return picture.reshape(size, size, 3)


def unfilter(kind, row, above):
    if kind == 0:
        return row
    if kind == 2:
        return row + above
    if kind > 4:
        raise ValueError("unknown filter")
    done = [0] * len(row)
    for x, value in enumerate(row.tolist()):
        left = done[x - 3] if x >= 3 else 0
        up = int(above[x])
        corner = int(above[x - 3]) if x >= 3 else 0
        if kind == 1:
            guess = left
        elif kind == 3:
            guess = (left + up) // 2
        else:
            distances = [abs(up - corner), abs(left - corner), abs(left + up - 2 * corner)]
            guess = (left, up, corner)[distances.index(min(distances))]
        done[x] = (value + guess) % 256
    return np.array(done, np.uint8)


class Adapter:
    """Answers the three questions of the protocol. One at a time: the model's memory is bounded by one request."""

    def __init__(self, model, image_size, weights=None, normalize=None, embed_texts=None, views=None, device="cpu"):
        self.model = model.to(device).eval()
        self.image_size = image_size
        self.device = device
        self.embed_texts = embed_texts
        self.views = views
        mean, std = normalize or ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
        self.mean = torch.tensor(mean, device=device).view(1, 3, 1, 1)
        self.std = torch.tensor(std, device=device).view(1, 3, 1, 1)
        self.turn = threading.Lock()
        self.digest = sha256_of(weights) if weights else None
        probe = self.outputs(np.zeros((2, image_size, image_size, 3), np.uint8))
        self.dimensions = {name: int(values.shape[1]) for name, values in probe.items()}

    def outputs(self, pictures):
        """uint8 [n, size, size, 3] → {representation: float32 [n, d]}, in evaluation mode."""
        with self.turn, torch.inference_mode():
            x = torch.from_numpy(pictures).to(self.device).permute(0, 3, 1, 2).float() / 255
            out = self.model((x - self.mean) / self.std)
        out = out if isinstance(out, dict) else {"projection": out}
        return {name: out[name].float().cpu().numpy() for name in ("projection", "features") if name in out}

    def info(self):
        said = {
            "protocol": "lethe-embedding/1",
            "imageSize": self.image_size,
            "dimensions": self.dimensions,
            "weightsDigest": self.digest,
            "texts": self.embed_texts is not None,
            "limits": {
                "imagesPerRequest": IMAGES_PER_REQUEST,
                "textsPerRequest": TEXTS_PER_REQUEST,
                "bytesPerRequest": BYTES_PER_REQUEST,
            },
        }
        return said if self.views is None else {**said, "views": self.views}

    def embed(self, body, representation):
        if representation not in self.dimensions:
            raise Refusal(400, "QUERY_INVALID", f"Ask for one of {sorted(self.dimensions)}.", "representation")
        images = list_in(body, "images", IMAGES_PER_REQUEST)
        pictures = np.stack([self.picture(text, index) for index, text in enumerate(images)])
        return self.answer(self.outputs(pictures)[representation])

    def picture(self, text, index):
        try:
            return decode_png(base64.b64decode(text, validate=True), self.image_size)
        except (ValueError, TypeError, binascii.Error, struct.error, zlib.error) as error:
            raise Refusal(422, "IMAGE_UNREADABLE", f"Send a PNG in base64: {error}.", f"images.{index}") from error

    def embed_all(self, body):
        if self.embed_texts is None:
            raise Refusal(404, "TEXTS_UNSUPPORTED", "This model reads no texts.")
        texts = list_in(body, "texts", TEXTS_PER_REQUEST)
        with self.turn, torch.inference_mode():
            return self.answer(self.embed_texts(texts).float().cpu().numpy())

    def answer(self, values):
        rows = [[x if np.isfinite(x) else None for x in row] for row in values.tolist()]
        return {"embeddings": rows, "weightsDigest": self.digest}


def list_in(body, name, most):
    items = body.get(name) if isinstance(body, dict) else None
    if not isinstance(items, list) or not 1 <= len(items) <= most or not all(isinstance(item, str) for item in items):
        raise Refusal(400, "BATCH_INVALID", f'Send {{"{name}": […]}} with 1 to {most} strings.', name)
    return items


def sha256_of(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for part in iter(lambda: file.read(1 << 20), b""):
            digest.update(part)
    return digest.hexdigest()


def handler_of(adapter, token):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            self.reply(lambda path, query: self.route(path, "/", adapter.info))

        def do_POST(self):
            def answer(path, query):
                body = self.body()
                if path == "/embed":
                    return adapter.embed(body, query.get("representation", ["projection"])[0])
                return self.route(path, "/embed-texts", lambda: adapter.embed_all(body))

            self.reply(answer)

        def route(self, path, wanted, answer):
            if path != wanted:
                raise Refusal(404, "NOT_FOUND", "There is nothing at this path.")
            return answer()

        def body(self):
            length = int(self.headers.get("Content-Length") or 0)
            if length > BYTES_PER_REQUEST:
                self.close_connection = True
                raise Refusal(413, "BODY_TOO_LARGE", "Send fewer pictures at once.", "body")
            try:
                return json.loads(self.rfile.read(length))
            except ValueError as error:
                raise Refusal(400, "REQUEST_MALFORMED", "Send valid JSON.", "body") from error

        def reply(self, answer):
            url = urlsplit(self.path)
            given = self.headers.get("Authorization") or ""
            try:
                if token and not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
                    self.close_connection = True
                    raise Refusal(401, "TOKEN_INVALID", "Send Authorization: Bearer with the token that you were given.")
                status, said = 200, answer(url.path.rstrip("/") or "/", parse_qs(url.query))
            except Refusal as refusal:
                status, said = refusal.status, refusal.body
            content = json.dumps(said, allow_nan=False).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            """Pictures and who sends them are nobody's business."""

    return Handler


def serve(model, image_size, *, host="127.0.0.1", port=8000, token=None, **options):
    """Serves until interrupted. Options: weights, normalize=(mean, std), embed_texts, views, device."""
    server = ThreadingHTTPServer((host, port), handler_of(Adapter(model, image_size, **options), token))
    print(f"http://{host}:{server.server_port}", flush=True)
    server.serve_forever()
