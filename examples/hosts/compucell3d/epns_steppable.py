# SPDX-License-Identifier: MIT
"""A steppable of CompuCell3D that lets a kind of epns take the steps of its Potts model.

    from cc3d import CompuCellSetup
    from epns_steppable import EpnsSteppable

    CompuCellSetup.register_steppable(EpnsSteppable(50, "epns-lattice", model="/path"))
    CompuCellSetup.run()

What is not given here is read from the project's XML:

    <Metadata>
      <EpnsStep Frequency="50" Kind="epns-lattice" Model="/path" Seed="1" Refused="native">
        <Parameter Name="rng">positional</Parameter>
      </EpnsStep>
    </Metadata>

Put epns.py beside this file; it says how libepns is found.
"""
import os
from xml.etree import ElementTree

import epns
import numpy as np
from cc3d import CompuCellSetup
from cc3d.core.PySteppables import SteppableBasePy
from cc3d.cpp import CompuCell

NATIVE = "native"
_SETTINGS = {"frequency": int, "kind": str, "model": str, "seed": int, "refused": str,
             "threads": int}
_ENERGIES = ("Volume", "Surface", "Contact")
_HARMLESS = ("BoundaryMonitor", "BoundaryPixelTracker", "CellType", "CellTypeMonitor",
             "CenterOfMass", "ClusterSurfaceTracker", "GlobalBoundaryPixelTracker",
             "MomentOfInertia", "NeighborTracker", "PDESolverCaller", "PixelTracker", "Secretion",
             "SurfaceTracker", "VolumeTracker")
_NO_COUNTERPART = {"Potts": ("CustomAcceptanceFunction", "FlipNeighborMaxDistance", "Shape"),
                   "Volume": ("VolumeEnergyExpression",), "Surface": ("SurfaceEnergyExpression",),
                   "Contact": ("Depth",)}
_COMBINE = {"Min": "min", "Max": "max", "ArithmeticAverage": "mean"}


class Refusal(Exception):
    """What the project asks for and no kind has."""


class EpnsSteppable(SteppableBasePy):
    """Every `frequency` MCS, a kind moves the cells by as many; between, nothing moves.

    kind     "native" is CompuCell3D's own step; use() chooses another while the simulation runs
    model    of a learned kind: its file or folder, seen from the project's folder
    seed     the Potts model's RandomSeed where not given
    refused  what follows when a kind refuses a step: "stop" the simulation, or take this step by
             "native" means. Either way the lattice is as it was.
    parameters  by the names of the kind's fields; they go before those of the project's XML
    """

    def __init__(self, frequency=None, kind=None, model=None, seed=None, refused=None,
                 threads=None, parameters=None):
        SteppableBasePy.__init__(self, frequency or 1)
        self._given = {"frequency": frequency, "kind": kind, "model": model, "seed": seed,
                       "refused": refused, "threads": threads}
        self._parameters = parameters or {}
        self._run = self._ratio = None  # a kind's run, and the attempts a site that it stands for
        self._waiting, self._at, self._starts = None, 0, 0

    def start(self):
        self._root = _xml_root()
        element = self._root.find("Metadata/EpnsStep")
        settings = _settings(element, self._given)
        self.frequency = settings["frequency"] or 1
        self._seed = settings["seed"] or self.simulator.ppdCC3DPtr.seed or 1
        self._refused, self._threads = settings["refused"] or "stop", settings["threads"] or 1
        if self._refused not in ("stop", NATIVE):
            raise Refusal(f"Refused is '{self._refused}'; say stop or native")
        self.use(settings["kind"] or NATIVE, settings["model"],
                 {**_parameters(element), **self._parameters})

    def use(self, kind, model=None, parameters=None):
        """Who steps from the end of these `frequency` MCS on. What is refused raises at once."""
        self._waiting = (self._open(kind, model, parameters or {}),)
        if self._at == self.simulator.getStep():
            self._switch()

    def step(self, mcs):
        if self._run and mcs > self._at:
            self._advance(mcs - self._at)
        self._at = mcs
        if self._waiting:
            self._switch()

    def finish(self):
        self._waiting = (None,)
        self._switch()

    on_stop = finish

    def _open(self, kind, path, parameters):
        if kind == NATIVE:
            return None
        if path and not os.path.isabs(path):
            path = os.path.join(self.simulator.getBasePath(), path)
        model = epns.Model(kind, path, threads=self._threads, log=_remark)
        params = {field.name: field for field in model.fields if field.role == "param"}
        unknown = set(parameters) - set(params)
        if unknown:
            raise Refusal(f"{kind} has no parameter {', '.join(sorted(unknown))}")
        offered = _rules(self._root, "attempts-per-site" in params, self.simulator)
        if self._ratio is not None:
            offered["attempts-per-site"] = self._ratio
        for name, value in parameters.items():
            single = not params[name].axes and np.ndim(value) == 1 and len(value) == 1
            offered[name] = value[0] if single else value
        self._starts += 1
        return model.start(self._seed, model.choose(offered), stream=self._starts - 1)

    def _switch(self):
        """The Potts model attempts no copies while a kind steps."""
        self._run, self._waiting = *self._waiting, None
        settings = self.simulator.ppdCC3DPtr
        if self._run and self._ratio is None:
            self._ratio, settings.flip2DimRatio = settings.flip2DimRatio, 0.0
        elif not self._run and self._ratio is not None:
            settings.flip2DimRatio, self._ratio = self._ratio, None

    def _advance(self, mcs):
        model = self._run.model
        steps = max(1, round(mcs / model.native_dt))
        old, types, cells = self._read()
        new = old.copy()
        try:
            self._run.step(steps, {"cell-id": new, "cell-type": types}, dt=mcs / steps)
            order = writing_order(old.ravel(), new.ravel())
        except (epns.Error, Refusal) as error:
            if self._refused != NATIVE or getattr(error, "status", epns.DISCARD) != epns.DISCARD:
                raise
            _remark(1, f"{error}; CompuCell3D itself takes the {mcs} MCS to {self._at + mcs}")
            self._sweep(mcs)
            return
        for z, y, x in zip(*np.unravel_index(order, new.shape)):
            self.cell_field[int(x), int(y), int(z)] = cells[new[z, y, x]]

    def _read(self):
        cells = {cell.id: cell for cell in self.cell_list}
        types = np.zeros(max(cells, default=0) + 1, np.int32)
        for number, cell in cells.items():
            types[number] = cell.type
            if cell.clusterId != number:
                raise Refusal(f"cell {number} is a compartment of cluster {cell.clusterId}; kinds "
                              "know whole cells only")
        cells[0] = CompuCell.getMediumCell()
        ids = np.zeros((self.dim.z, self.dim.y, self.dim.x), np.int32)
        field = self.cell_field
        for z, y, x in np.ndindex(*ids.shape):
            cell = field[x, y, z]
            if cell:
                ids[z, y, x] = cell.id
        return ids, types, cells

    def _sweep(self, mcs):
        potts, settings = self.simulator.getPotts(), self.simulator.ppdCC3DPtr
        settings.flip2DimRatio = self._ratio  # the Potts model counts its attempts by it
        attempts = int(self.dim.x * self.dim.y * self.dim.z * self._ratio)
        for _ in range(mcs):
            potts.metropolis(attempts, settings.temperature)
        settings.flip2DimRatio = 0.0


def writing_order(old, new):
    """The sites that change, so ordered that a cell that stays always has one.

    CompuCell3D forgets a cell with its last site. A cell that leaves all of them gets one of its
    new ones before anything else is written.
    """
    changed = np.flatnonzero(old != new)
    leaping = set(new[changed].tolist()) - set(new[old == new].tolist()) - {0}
    left = {cell: np.count_nonzero(old == cell) for cell in leaping}
    first = []
    for cell in sorted(leaping):
        sites = [site for site in changed[new[changed] == cell] if left.get(old[site], 2) > 1]
        if not sites:
            raise Refusal(f"cell {cell} changes places with another, of which no site would be "
                          "left on the way")
        if old[sites[0]] in left:
            left[old[sites[0]]] -= 1
        left[cell] = old.size + 1
        first.append(sites[0])
    return np.r_[np.array(first, changed.dtype), np.setdiff1d(changed, first)]


def _remark(_level, text):
    CompuCell.CC3DLogger.get().log(CompuCell.LOG_WARNING, f"epns: {text}\n")


# The project, as CompuCell3D holds it

def _xml_root():
    converter = CompuCellSetup.persistent_globals.cc3d_xml_2_obj_converter
    return ElementTree.fromstring(converter.root.getCC3DXMLElementString())


def _settings(element, given):
    stated = {} if element is None else {key.lower(): value for key, value in element.items()}
    unknown = set(stated) - set(_SETTINGS) - {"id"}
    if unknown:
        raise Refusal(f"<EpnsStep> has no attribute {', '.join(sorted(unknown))}")
    return {name: given[name] if given[name] is not None
            else make(stated[name]) if name in stated else None
            for name, make in _SETTINGS.items()}


def _parameters(element):
    """<Parameter Name="...">: a word, a number, numbers by type, rows of them by ';'."""
    found = {}
    for node in [] if element is None else element.iter("Parameter"):
        text = node.text.strip()
        try:
            rows = [[float(word) for word in row.split()] for row in text.split(";")]
        except ValueError:
            found[node.get("Name")] = text
            continue
        found[node.get("Name")] = rows if len(rows) > 1 else rows[0]
    return found


def _plugin(root, name):
    return next((node for node in root.iter("Plugin") if node.get("Name") == name), None)


def _number(parent, name, otherwise):
    node = None if parent is None else parent.find(name)
    return otherwise if node is None else float(node.text)


def _check(root, copies):
    """Refuse what a kind cannot follow: any lattice but the square one, and, of kinds that attempt
    copies (a learned one stands for whatever it was trained on), energies they do not have."""
    potts = root.find("Potts")
    if potts.findtext("LatticeType", "square").strip().lower() != "square":
        raise Refusal("kinds step square lattices; LatticeType is another")
    if not copies:
        return
    for name, accepted in (("MetropolisAlgorithm", "fast"), ("AcceptanceFunctionName", "default"),
                           ("DimensionType", "3d")):
        if potts.findtext(name, accepted).strip().lower() != accepted:
            raise Refusal(f"<{name}>{potts.findtext(name)}</{name}> has no counterpart in epns")
    for node in root.iter("Plugin"):
        if node.get("Name") not in _ENERGIES + _HARMLESS:
            raise Refusal(f'<Plugin Name="{node.get("Name")}"> has no counterpart in epns; take it '
                          "away, or use a model trained with it")
    for where, elements in _NO_COUNTERPART.items():
        parent = potts if where == "Potts" else _plugin(root, where)
        for element in elements:
            if parent is not None and parent.find(element) is not None:
                raise Refusal(f"<{element}> of {where} has no counterpart in epns")


def _types(root):
    """Type ids by name, and which are frozen."""
    rows = _plugin(root, "CellType").findall("CellType")
    stated = {int(row.get("TypeId")) for row in rows if row.get("TypeId") is not None}
    ids = {}
    for row in rows:
        free = next(i for i in range(256) if i not in stated and i not in ids.values())
        ids[row.get("TypeName")] = int(row.get("TypeId", free))
    frozen = np.zeros(max(ids.values()) + 1, np.int32)
    frozen[[ids[row.get("TypeName")] for row in rows if row.get("Freeze") is not None]] = 1
    return ids, frozen


def _constraint(root, what, ids, n, copies):
    """Target and strength of Volume or Surface, by type."""
    plugin, rows = _plugin(root, what), f"{what}EnergyParameters"
    elements, made = (f"Target{what}", f"Lambda{what}"), np.zeros((2, n))
    if plugin is not None and plugin.find(rows) is not None:
        for row in plugin.findall(rows):
            made[:, ids[row.get("CellType")]] = [float(row.get(name)) for name in elements]
    elif plugin is not None and plugin.find(elements[0]) is not None:
        made[:] = [[_number(plugin, name, 0)] for name in elements]
    elif plugin is not None:
        if not copies:
            return {}
        raise Refusal(f'<Plugin Name="{what}"> leaves {elements[0]} to each cell; state it by type '
                      f"in <{rows}>")
    made[:, 0] = 0  # the medium is no cell
    return {f"target-{what.lower()}": made[0], f"{what.lower()}-strength": made[1]}


def _contact(plugin, ids, n):
    energy = np.zeros((n, n))
    for row in [] if plugin is None else plugin.findall("Energy"):
        a, b = ids[row.get("Type1")], ids[row.get("Type2")]
        energy[a, b] = energy[b, a] = float(row.text)
    return energy


def _rules(root, copies, simulator):
    """The Potts model's numbers, by the names of the kinds' fields."""
    _check(root, copies)
    potts, settings = root.find("Potts"), simulator.ppdCC3DPtr
    ids, frozen = _types(root)
    n = len(frozen)
    rules = {
        "temperature": settings.temperature,
        "neighbor-order": settings.neighborOrder,
        "attempts-per-site": settings.flip2DimRatio,
        "acceptance-offset": _number(potts, "Offset", 0),
        "boltzmann-constant": _number(potts, "KBoltzman", 1),
        "periodic": [potts.findtext(f"Boundary_{axis}", "").strip() == "Periodic"
                     for axis in "zyx"],
        "frozen": frozen,
        "fluctuation-combine": _COMBINE[settings.fluctuationAmplitudeFunctionName],
    }
    amplitudes = {row.get("CellType"): float(row.get(value)) for element, row_name, value in (
        ("CellMotility", "MotilityParameters", "Motility"),
        ("FluctuationAmplitude", "FluctuationAmplitudeParameters", "FluctuationAmplitude"))
        for row in potts.findall(f"{element}/{row_name}")}
    if amplitudes:
        rules["fluctuation-amplitude"] = np.full(n, settings.temperature)
        for name, amplitude in amplitudes.items():
            rules["fluctuation-amplitude"][ids[name]] = np.float32(amplitude)
    surface, contact = _plugin(root, "Surface"), _plugin(root, "Contact")
    rules.update(_constraint(root, "Volume", ids, n, copies))
    if surface is not None:
        rules.update(_constraint(root, "Surface", ids, n, copies))
        rules["surface-neighbor-order"] = int(_number(surface, "NeighborOrder", 1))
        rules["surface-scale"] = _number(surface, "ScaleSurface", 1)
    rules["contact-energy"] = _contact(contact, ids, n)
    rules["contact-neighbor-order"] = int(_number(contact, "NeighborOrder", 1))
    rules["contact-weight-by-distance"] = int(
        contact is not None and contact.find("WeightEnergyByDistance") is not None)
    return rules
