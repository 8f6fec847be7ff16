# SPDX-License-Identifier: MIT
"""Step plugins of epns from Python, with numpy arrays lent as they lie: ctypes, no compiled code.

    import epns, numpy
    model = epns.Model("cpm")                   # or epns.Model("epns-lattice", "/path/to/model")
    run = model.start(seed=1, parameters={"temperature": 10, "contact-energy": energies, ...})
    run.step(100, {"cell-id": ids, "cell-type": types})     # ids, int32 (z, y, x), change in place

STATE and OUTPUT arrays must have the field's own dtype (int32, int64, float32, float64); strides of
any kind will do. PARAM and INPUT values may be whatever numpy makes an array of. What is refused
raises epns.Error, and where its status is DISCARD, the arrays are as they were.

libepns is found as the system finds libraries, or at $EPNS_LIBRARY; plugins as epns_loader.h says.
"""
import ctypes as c
import os

import numpy as np

OK, DISCARD, ERROR, FATAL = range(4)
ROLES = ("param", "state", "input", "output")
CAPABILITIES = {1: "stochastic", 2: "any-dt", 4: "grows", 8: "archives", 16: "exact-resume"}
_DTYPES = tuple(np.dtype(name) for name in ("int32", "int64", "float32", "float64"))
_MAX_RANK = 5


class _Error(c.Structure):
    _fields_ = [("status", c.c_int32), ("member", c.c_int32), ("field", c.c_int32),
                ("axis", c.c_int32), ("need", c.c_int64), ("text", c.c_char * 240)]


class _Field(c.Structure):
    _fields_ = [("name", c.c_char_p), ("unit", c.c_char_p), ("axes", c.c_char_p),
                ("values", c.c_char_p), ("role", c.c_int32), ("dtype", c.c_int32),
                ("rank", c.c_int32), ("optional", c.c_int32), ("extent", c.c_int64 * _MAX_RANK),
                ("fallback", c.c_double)]


class _View(c.Structure):
    _fields_ = [("data", c.c_void_p), ("dtype", c.c_int32), ("rank", c.c_int32),
                ("shape", c.c_int64 * _MAX_RANK), ("stride", c.c_int64 * _MAX_RANK),
                ("room", c.c_int64)]


class _Frame(c.Structure):
    _fields_ = [("views", c.POINTER(_View)), ("n_views", c.c_uint32), ("status", c.c_int32),
                ("step", c.c_int64)]


_BYTES = c.CFUNCTYPE(c.c_int32, c.c_void_p, c.c_void_p, c.c_size_t)
_LOG = c.CFUNCTYPE(None, c.c_void_p, c.c_int32, c.c_char_p)
_VISIT = c.CFUNCTYPE(c.c_int, c.c_void_p, c.c_char_p, c.c_void_p, c.c_char_p)


class _Archive(c.Structure):
    _fields_ = [("ctx", c.c_void_p), ("loading", c.c_int32), ("bytes", _BYTES)]


class _Host(c.Structure):
    _fields_ = [("size", c.c_uint32), ("threads", c.c_uint32), ("ctx", c.c_void_p), ("log", _LOG),
                ("parallel", c.c_void_p)]


_PErr = c.POINTER(_Error)


class _Kind(c.Structure):
    _fields_ = [
        ("size", c.c_uint32), ("caps", c.c_uint32), ("id", c.c_char_p), ("version", c.c_char_p),
        ("title", c.c_char_p), ("time_unit", c.c_char_p),
        ("open", c.CFUNCTYPE(c.c_int32, c.POINTER(_Host), c.c_char_p, c.POINTER(c.c_void_p),
                             _PErr)),
        ("close", c.CFUNCTYPE(None, c.c_void_p)),
        ("fields", c.CFUNCTYPE(c.POINTER(_Field), c.c_void_p, c.POINTER(c.c_uint32),
                               c.POINTER(c.c_double), c.POINTER(c.c_char_p))),
        ("start", c.CFUNCTYPE(c.c_int32, c.c_void_p, c.POINTER(_View), c.c_uint32, c.c_uint64,
                              c.c_uint64, c.POINTER(c.c_void_p), _PErr)),
        ("stop", c.CFUNCTYPE(None, c.c_void_p)),
        ("step", c.CFUNCTYPE(c.c_int32, c.POINTER(c.c_void_p), c.POINTER(_Frame), c.c_uint32,
                             c.c_uint32, c.c_double, _PErr)),
        ("archive", c.CFUNCTYPE(c.c_int32, c.c_void_p, c.POINTER(_Archive), _PErr)),
        ("extension", c.CFUNCTYPE(c.c_void_p, c.c_char_p))]


class _Plugin(c.Structure):
    _fields_ = [("size", c.c_uint32), ("minor", c.c_uint32), ("vendor", c.c_char_p),
                ("version", c.c_char_p), ("licence", c.c_char_p),
                ("kinds", c.POINTER(c.POINTER(_Kind))), ("n_kinds", c.c_uint32)]


class Error(Exception):
    """A refusal: status, and the culprit's member, field (a name), axis, and what is needed."""

    def __init__(self, error, fields=()):
        super().__init__(error.text.decode("utf-8", "replace"))
        self.status, self.need = error.status, error.need
        self.member, self.axis = (None if i < 0 else i for i in (error.member, error.axis))
        self.field = fields[error.field].name if 0 <= error.field < len(fields) else None


class Field:
    """What a model asks for or gives: name, unit, axes, values, role, dtype, extent, optional."""

    def __init__(self, raw):
        self.name, self.unit = raw.name.decode(), raw.unit.decode()
        self.axes = tuple(axis for axis in raw.axes.decode().split(",") if axis)
        self.values = tuple(raw.values.decode().split(",")) if raw.values else ()
        self.role, self.dtype = ROLES[raw.role], _DTYPES[raw.dtype]
        self.extent = tuple(raw.extent[:raw.rank])
        self.optional, self.fallback = bool(raw.optional), raw.fallback

    def __repr__(self):
        return f"<{self.role} {self.name} {self.dtype} ({','.join(self.axes)}) in {self.unit}>"

    def view(self, value, keep):
        """Lend value; what was made to hold it goes to the list keep."""
        if isinstance(value, str) and value in self.values:
            value = self.values.index(value)
        if self.role in ("param", "input"):
            array = np.asarray(value)
            if array.dtype != self.dtype:
                array = _converted(array, self)
        elif not isinstance(value, np.ndarray) or value.dtype != self.dtype:
            raise TypeError(f"{self.name} is changed in place: give a numpy array of {self.dtype}")
        elif not value.flags.writeable:
            raise ValueError(f"{self.name} is changed in place: this array may not be written")
        else:
            array = value
        if array.ndim > _MAX_RANK:
            raise ValueError(f"{self.name}: {array.ndim} axes; there are {len(self.axes)}")
        keep.append(array)
        view = _View(array.ctypes.data, _DTYPES.index(self.dtype), array.ndim)
        view.shape[:array.ndim], view.stride[:array.ndim] = array.shape, array.strides
        view.room = array.shape[0] if array.ndim else 0
        return view


def _converted(array, field):
    made = array.astype(field.dtype)
    if field.dtype.kind == "i" and not np.array_equal(made, array):
        raise ValueError(f"{field.name}: whole numbers are asked for")
    return made


_library = None


def library():
    """libepns, loaded once."""
    global _library
    if _library is None:
        _library = c.CDLL(os.environ.get("EPNS_LIBRARY", "libepns.so.0"))
        _library.epns_load_kind.restype = c.POINTER(_Kind)
        _library.epns_load_kind.argtypes = [c.c_char_p, c.c_char_p, _PErr]
        _library.epns_visit_plugins.argtypes = [c.c_char_p, _VISIT, c.c_void_p]
    return _library


def kinds(plugin=None):
    """Every kind found, or those of one plugin: a list of (id, version, title, capabilities)."""
    found = []

    def visit(_ctx, _path, address, _refusal):
        if address:
            about = c.cast(address, c.POINTER(_Plugin)).contents
            for kind in (about.kinds[i].contents for i in range(about.n_kinds)):
                caps = tuple(name for bit, name in CAPABILITIES.items() if kind.caps & bit)
                found.append((kind.id.decode(), kind.version.decode(), kind.title.decode(), caps))
        return 0

    library().epns_visit_plugins(_path(plugin), _VISIT(visit), None)
    return found


def _path(path):
    return None if path is None else os.fsencode(path)


class Model:
    """A kind opened: "cpm" with its rules as parameters, or a learned kind and a model's path.

    log(level, text), where given, is told what a model has to remark, such as parameters other
    than those it was trained at. It may be called from any thread.
    """

    def __init__(self, kind, source=None, plugin=None, threads=1, log=None):
        error, model = _Error(), c.c_void_p()
        found = library().epns_load_kind(_path(plugin), kind.encode(), error)
        if not found:
            raise Error(error)
        self._kind, self._model = found.contents, None
        told = _LOG(lambda _ctx, level, text: log(level, text.decode())) if log else _LOG()
        self._host = _Host(c.sizeof(_Host), threads, None, told, None)
        if self._kind.open(self._host, _path(source), model, error) != OK:
            raise Error(error)
        self._model = model
        n, dt, unit = c.c_uint32(), c.c_double(), c.c_char_p()
        raw = self._kind.fields(model, n, dt, unit)
        self.fields = [Field(raw[i]) for i in range(n.value)]
        self.id, self.native_dt = kind, dt.value
        self.time_unit = (unit.value or self._kind.time_unit or b"1").decode()
        self._n_params = sum(field.role == "param" for field in self.fields)

    def __del__(self):
        if getattr(self, "_model", None):
            self._kind.close(self._model)

    def choose(self, values):
        """Of a dictionary of whatever a host has, what this model asks for."""
        names = {field.name for field in self.fields}
        return {name: value for name, value in values.items() if name in names}

    def start(self, seed, parameters, stream=0):
        """One run: a member of the ensemble that seed names."""
        return Run(self, seed, parameters, stream)

    def ensemble(self, members, seed, parameters):
        """Runs with streams 0, 1, 2..., for step(); each is what it would be alone."""
        return [self.start(seed, parameters, stream) for stream in range(members)]

    def _views(self, fields, values, keep):
        unknown = set(values) - {field.name for field in fields}
        if unknown:
            raise KeyError(f"{self.id} has no such field here: {', '.join(sorted(unknown))}")
        views = (_View * max(1, len(fields)))()
        for i, field in enumerate(fields):
            if field.name in values:
                views[i] = field.view(values[field.name], keep)
        return views


class Run:
    """One trajectory's place in the random numbers, and its history."""

    def __init__(self, model, seed, parameters, stream=0):
        keep, error, run = [], _Error(), c.c_void_p()
        self.model, self._run, self.steps = model, None, 0
        views = model._views(model.fields[:model._n_params], parameters, keep)
        if model._kind.start(model._model, views, model._n_params, seed, stream, run, error) != OK:
            raise Error(error, model.fields)
        self._run = run

    def __del__(self):
        if getattr(self, "_run", None):
            self.model._kind.stop(self._run)

    def step(self, n, arrays, dt=None):
        """n steps of dt (the native one where None), in place; how many native steps it is now."""
        step([self], n, [arrays], dt)
        return self.steps

    def save(self):
        """The run's place, as bytes; the arrays are the host's to keep."""
        kept = bytearray()

        def keep(_ctx, data, n):
            kept.extend(c.string_at(data, n))
            return OK

        self._archive(0, keep)
        return bytes(kept)

    def load(self, saved):
        """Back to where save() was called."""
        at = 0

        def give(_ctx, data, n):
            nonlocal at
            if at + n > len(saved):
                return ERROR
            c.memmove(data, saved[at:at + n], n)
            at += n
            return OK

        self._archive(1, give)

    def _archive(self, loading, function):
        error, archive = _Error(), _Archive(None, loading, _BYTES(function))
        if self.model._kind.archive(self._run, archive, error) != OK:
            raise Error(error, self.model.fields)


def step(runs, n, arrays, dt=None):
    """Step members of one model together: arrays[i] are those of runs[i].

    Where one is refused, the others have been stepped; the Error raised names it in .member, and
    what became of each in .statuses.
    """
    if not runs or len(runs) != len(arrays) or any(run.model is not runs[0].model for run in runs):
        raise ValueError("give runs of one model, and as many dictionaries of arrays")
    model, keep, error = runs[0].model, [], _Error()
    fields = model.fields[model._n_params:]
    views = [model._views(fields, given, keep) for given in arrays]
    handles = (c.c_void_p * len(runs))(*(run._run for run in runs))
    frames = (_Frame * len(runs))(*(_Frame(view, len(fields), OK, 0) for view in views))
    status = model._kind.step(handles, frames, len(runs), n, dt or model.native_dt, error)
    for run, frame in zip(runs, frames):
        run.steps = frame.step if frame.status == OK else run.steps
    if status != OK:
        raised = Error(error, model.fields)
        raised.statuses = [frame.status for frame in frames]
        raise raised
