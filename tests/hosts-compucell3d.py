# SPDX-License-Identifier: MIT
"""CompuCell3D's own step and cpm in its place: the same bits; a learned step; what is refused."""
import os
import re
import subprocess
import sys
import tempfile

import numpy as np

SOURCE, BUILD = os.environ["EPNS_SRCDIR"], os.environ["EPNS_BUILDDIR"]
HOST, PACKAGE = SOURCE + "/examples/hosts/compucell3d", os.environ["EPNS_COMPUCELL3D"]
HEADERS = os.environ.get("EPNS_COMPUCELL3D_HEADERS")
LEARNED = f'Kind="epns-lattice" Model="{SOURCE}/models/trained/cellsort"'
SAME_DRAWS = '<Parameter Name="rng">compucell3d</Parameter>'
os.environ.update(EPNS_LIBRARY=BUILD + "/plugin/.libs/libepns.so.0", OMP_NUM_THREADS="1")
work = tempfile.TemporaryDirectory()
n_projects = 0


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def run(steps, bridge, element="", edit=lambda xml: xml, more=""):
    """Run the example with <EpnsStep element, or natively; (exit status, words, folder of VTK)."""
    global n_projects
    n_projects += 1
    project, out = f"{work.name}/{n_projects}", f"{work.name}/{n_projects}-out"
    os.makedirs(project + "/Simulation")
    element = f"<EpnsStep {element}</EpnsStep>" if element else ""
    xml = re.sub(" *<EpnsStep.*\n", element if bridge == "python" else "",
                 read(HOST + "/sorting/Simulation/sorting.xml"))
    xml = re.sub("<Steps>.*</Steps>", f"<Steps>{steps + 1}</Steps>", xml)
    script = "import os, sys\nfrom cc3d import CompuCellSetup\n"
    if bridge == "python":
        script += f"""sys.path += ["{HOST}", "{SOURCE}/examples/hosts/python"]
from epns_steppable import EpnsSteppable
steppable = EpnsSteppable()
CompuCellSetup.register_steppable(steppable=steppable)
"""
    if bridge == "c++":
        xml = xml.replace("</CompuCell3D>",
                          f'<Steppable Type="EpnsStep">{element}</Steppable></CompuCell3D>')
        script += f'os.environ["COMPUCELL3D_STEPPABLE_PATH"] += ":{work.name}/steppables"\n'
    with open(project + "/Simulation/sorting.xml", "w", encoding="utf-8") as file:
        file.write(edit(xml))
    with open(project + "/Simulation/sorting.py", "w", encoding="utf-8") as file:
        file.write(script + more + "CompuCellSetup.run()\n")
    with open(project + "/sorting.cc3d", "w", encoding="utf-8") as file:
        file.write(read(HOST + "/sorting/sorting.cc3d"))
    done = subprocess.run([sys.executable, "-m", "cc3d.run_script", "-i", project + "/sorting.cc3d",
                           "-f", "25", "-o", out], env={**os.environ, "PYTHONPATH": PACKAGE},
                          capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr, out + "/LatticeData"


def frames(*arguments, **named):
    status, words, folder = run(*arguments, **named)
    assert status == 0, words
    return [read(f"{folder}/{name}") for name in sorted(os.listdir(folder))
            if name.endswith(".vtk")]


def refuses(pattern, *arguments, **named):
    status, words, _ = run(*arguments, **named)
    assert status == 1 and re.search(pattern, words), f"{status}, not '{pattern}' in\n{words}"


# Other Potts models, as edits of the example's XML.
SURFACE = """<Plugin Name="Surface"><SurfaceEnergyParameters CellType="Condensing" LambdaSurface="0.5"
TargetSurface="20"/></Plugin><Plugin Name="Contact">"""
AMPLITUDES = "<FluctuationAmplitude>" + "".join(
    f'<FluctuationAmplitudeParameters CellType="{name}" FluctuationAmplitude="{value}"/>'
    for name, value in (("Condensing", 5), ("NonCondensing", 15))) + "</FluctuationAmplitude>"
OTHERS = {
    "periodic": (("<RandomSeed>", "<Boundary_x>Periodic</Boundary_x><RandomSeed>"),
                 ('<Center x="32"', '<Center x="24"')),
    "surfaces": (('<Plugin Name="Contact">', SURFACE),),
    "amplitudes": (("<Temperature>10.0</Temperature>", AMPLITUDES),),
    "frozen, other numbers": (
        ('TypeName="NonCondensing"/>', 'TypeName="NonCondensing" Freeze=""/>'),
        ("<Temperature>", "<Flip2DimRatio>2</Flip2DimRatio><Offset>1</Offset><KBoltzman>1.5"
         "</KBoltzman><Temperature>")),
    "3D": (('y="64" z="1"', 'y="32" z="16"'), ('y="32" z="0"', 'y="16" z="8"'),
           ("<Radius>22", "<Radius>9")),
}


def edited(pairs):
    def edit(xml):
        for old, new in pairs:
            assert old in xml, old
            xml = xml.replace(old, new)
        return xml
    return edit


def check_others(bridge):
    for name, pairs in OTHERS.items():
        native = frames(25, None, edit=edited(pairs))
        same = frames(25, bridge, f'Frequency="5" Kind="cpm">{SAME_DRAWS}', edit=edited(pairs))
        assert native[0] != native[1] and same == native, f"{bridge}, {name}"


def check(bridge):
    # The host's own draws: its own lattice, volumes and all, whether a call is 1 MCS or 25.
    native = frames(50, None)
    for every in 1, 25:
        same = frames(50, bridge, f'Frequency="{every}" Kind="cpm">{SAME_DRAWS}')
        assert same == native, f"{bridge}, every {every} MCS"
    assert frames(50, bridge, 'Frequency="25" Kind="cpm">')[1:] != native[1:]
    assert frames(50, bridge, 'Frequency="25" Kind="native">') == native

    check_others(bridge)

    # A learned step, and what it cannot follow.
    learned = frames(100, bridge, f'Frequency="50" {LEARNED}>')
    assert learned[0] == learned[1] != learned[2] == learned[3] != learned[4]
    refuses("one step of this model is 50", 60, bridge, f'Frequency="30" {LEARNED}>')
    late = frames(50, bridge, f'Frequency="25" {LEARNED} Refused="native">')
    assert late[0] != late[1] != late[2]
    refuses("cannot be read", 10, bridge, 'Kind="epns-lattice" Model="/gone">')
    refuses("no plugin offers kind 'cmp'", 10, bridge, 'Kind="cmp">')
    refuses("has no parameter .*tempature", 10, bridge,
            'Kind="cpm"><Parameter Name="tempature">3</Parameter>')
    refuses("attribute.*(S|s)ed", 10, bridge, 'Kind="cpm" Sed="3">')
    refuses("say stop or native", 10, bridge, 'Kind="cpm" Refused="never">')

    # Energies that cpm does not have; a learned step stands for what it was trained with.
    def connected(xml):
        return xml.replace('<Plugin Name="Contact">',
                           '<Plugin Name="ConnectivityGlobal"/><Plugin Name="Contact">')
    refuses("ConnectivityGlobal.*no counterpart", 10, bridge, 'Kind="cpm">', edit=connected)
    frames(50, bridge, f'Frequency="50" {LEARNED}>', edit=connected)
    warm = run(0, bridge, f'Frequency="50" {LEARNED}>',
               edit=lambda xml: xml.replace(">10.0<", ">12<"))
    assert warm[0] == 0 and "temperature is 12" in warm[1], warm[1]
    return learned


def check_use():
    """Swapped while it runs; with nobody in its place, the Potts model's own step is back."""
    swap = """from cc3d.core.PySteppables import SteppableBasePy
class Swap(SteppableBasePy):
    def step(self, mcs):
        if mcs == 30:
            self.whom.use("native")
swap = Swap(1)
swap.whom = steppable
CompuCellSetup.register_steppable(steppable=swap)
"""
    swapped = frames(100, "python", f'Frequency="50" {LEARNED}>', more=swap)
    assert swapped[1] == swapped[0] and swapped[2] != swapped[1] and swapped[3] != swapped[2]


def check_order():
    """A cell is never without a site on the way, unless that cannot be."""
    sys.path[:0] = [PACKAGE, HOST, SOURCE + "/examples/hosts/python"]
    from epns_steppable import Refusal, writing_order
    draw = np.random.default_rng(1)
    for _ in range(300):
        old = draw.integers(0, 5, 14)
        new = np.roll(old, draw.integers(0, 14)) if draw.random() < 0.5 else draw.permutation(old)
        try:
            order = writing_order(old, new)
        except Refusal:
            continue
        now = old.copy()
        for site in order:
            now[site] = new[site]
            assert set(new) <= set(now) | {0}
        assert (now == new).all()
    try:
        writing_order(np.array([1, 2]), np.array([2, 1]))
    except Refusal:
        return
    raise AssertionError("two cells of one site changed places")


by_python = check("python")
check_use()
if HEADERS:
    os.mkdir(work.name + "/steppables")
    subprocess.run(os.environ.get("CXX", "c++").split() + [
        "-std=c++11", "-O2", "-shared", "-fPIC", "-isystem", HEADERS, "-I", SOURCE + "/plugin",
        "-I", SOURCE + "/examples/hosts/c++", HOST + "/epns_step.cpp", "-L",
        BUILD + "/plugin/.libs", "-Wl,-rpath," + BUILD + "/plugin/.libs", "-lepns", "-o",
        work.name + "/steppables/libEpnsStep.so"], check=True)
    assert check("c++") == by_python
else:
    print("The steppable in C++ was not compiled: EPNS_COMPUCELL3D_HEADERS is not set")
check_order()
