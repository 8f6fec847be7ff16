# SPDX-License-Identifier: MIT
"""The Python host: lends without a copy, steps what the command steps, raises what is refused."""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

import numpy as np

SOURCE, BUILD = os.environ["EPNS_SRCDIR"], os.environ["EPNS_BUILDDIR"]
os.environ["EPNS_LIBRARY"] = BUILD + "/plugin/.libs/libepns.so.0"
sys.path.insert(0, SOURCE + "/examples/hosts/python")
sys.dont_write_bytecode = True
import epns  # noqa: E402

LEARNED = SOURCE + "/models/trained/cellsort"
SORTING = {  # as examples/cell-sorting/sorting.xml
    "temperature": 10, "neighbor-order": 2, "contact-neighbor-order": 2,
    "target-volume": [0, 25, 25], "volume-strength": [0, 2, 2],
    "contact-energy": [[0, 16, 16], [16, 2, 11], [16, 11, 14]]}


def tissue():
    ids = np.zeros((1, 64, 64), np.int32)
    ids[0, 14:49, 14:49] = 1 + np.add.outer(np.arange(35) // 5 * 7, np.arange(35) // 5)
    return {"cell-id": ids, "cell-type": np.r_[0, np.arange(49) % 2 + 1].astype(np.int32)}


class Lattices(unittest.TestCase):
    def test_kinds(self):
        ids = [kind[0] for kind in epns.kinds()]
        self.assertLessEqual({"cpm", "epns-lattice", "nbody", "physicell-mechanics"}, set(ids))
        self.assertIn("stochastic", dict((kind[0], kind[3]) for kind in epns.kinds())["cpm"])

    def test_equals_the_command(self):
        with tempfile.TemporaryDirectory() as folder:
            out = folder + "/native.npy"
            subprocess.run([BUILD + "/tools/epns", "run", SOURCE + "/examples/cell-sorting/sorting.xml",
                            "--members", "3", "--seed", "7", "--until", "40", "--every", "20",
                            "-o", out], check=True, stdout=subprocess.DEVNULL)
            frames = np.load(out)  # member, time, y, x, (id, type)
        members = []
        for frame in frames[:, 0].astype(np.int32):
            types = np.zeros(frame[..., 0].max() + 1, np.int32)
            types[frame[..., 0]] = frame[..., 1]
            members.append({"cell-id": frame[None, ..., 0], "cell-type": types})  # a strided array
        self.assertFalse(members[0]["cell-id"].flags.c_contiguous)
        runs = epns.Model("cpm").ensemble(3, 7, SORTING)
        for time in (1, 2):
            epns.step(runs, 20, members)
            for i, member in enumerate(members):
                np.testing.assert_array_equal(member["cell-id"][0], frames[i, time, ..., 0])
        self.assertEqual([run.steps for run in runs], [40, 40, 40])
        self.assertTrue((frames[0, 2] != frames[1, 2]).any())

    def test_any_strides(self):
        plain, lent = tissue(), tissue()
        wide = np.full((64, 130, 2), 77, np.int32)
        lent["cell-id"] = wide[:, 128:0:-2, 1].T[None]
        lent["cell-id"][...] = plain["cell-id"]
        for arrays in (plain, lent):
            epns.Model("cpm").start(3, SORTING).step(10, arrays)
        np.testing.assert_array_equal(plain["cell-id"], lent["cell-id"])
        self.assertTrue((wide[..., 0] == 77).all() and (wide[:, 1::2] == 77).all())

    def test_an_ensemble_is_its_members(self):
        model, together = epns.Model("cpm", threads=2), [tissue() for _ in range(3)]
        epns.step(model.ensemble(3, 5, SORTING), 10, together)
        alone = tissue()
        model.start(5, SORTING, stream=2).step(10, alone)
        np.testing.assert_array_equal(alone["cell-id"], together[2]["cell-id"])

    def test_save_and_load(self):
        run, arrays = epns.Model("cpm").start(1, SORTING), tissue()
        run.step(5, arrays)
        saved, ids = run.save(), arrays["cell-id"].copy()
        run.step(5, arrays)
        run.load(saved)
        again = dict(arrays, **{"cell-id": ids})
        run.step(5, again)
        np.testing.assert_array_equal(arrays["cell-id"], ids)
        with self.assertRaises(epns.Error):
            run.load(saved[:-1])

    def test_learned_swaps_in(self):
        heard, arrays = [], tissue()
        model = epns.Model("epns-lattice", LEARNED, log=lambda level, text: heard.append(text))
        self.assertEqual((model.native_dt, model.time_unit), (50, "MCS"))
        before = arrays["cell-id"].copy()
        model.start(1, model.choose(dict(SORTING, temperature=11))).step(1, arrays)
        self.assertTrue((before != arrays["cell-id"]).any())
        self.assertIn("temperature", " ".join(heard))
        epns.Model("cpm").start(1, SORTING).step(5, arrays)

    def test_bodies(self):
        position, velocity = np.array([[0., 0.], [1., 0.]]), np.array([[0., -.5], [0., .5]])
        momentum = np.full(2, np.nan)
        run = epns.Model("nbody").start(1, {"noise": 0})
        run.step(10, {"position": position, "velocity": velocity, "momentum": momentum})
        self.assertGreater(position[1, 1], .01)
        np.testing.assert_allclose(momentum, 0, atol=1e-12)


class Refusals(unittest.TestCase):
    def refused(self, pattern, run, n, arrays, **how):
        before = {name: array.copy() for name, array in arrays.items()}
        with self.assertRaisesRegex(epns.Error, pattern) as caught:
            run.step(n, arrays, **how)
        self.assertEqual(caught.exception.status, epns.DISCARD)
        for name, array in arrays.items():
            np.testing.assert_array_equal(array, before[name])
        return caught.exception

    def test_model_file_removed(self):
        with tempfile.TemporaryDirectory() as folder:
            model_folder = shutil.copytree(LEARNED, folder + "/model")
            os.chmod(model_folder, 0o755)  # the sources may be read-only
            model, kept, lost = epns.Model("epns-lattice", model_folder), tissue(), tissue()
            run = model.start(1, {})
            run.step(1, lost)
            shutil.rmtree(model_folder)
            run.step(1, lost)  # what was opened is in memory
            with self.assertRaisesRegex(epns.Error, model_folder):
                epns.Model("epns-lattice", model_folder)
        epns.Model("epns-lattice", LEARNED).start(1, {}).step(2, kept)
        np.testing.assert_array_equal(kept["cell-id"], lost["cell-id"])

    def test_refused_step(self):
        run = epns.Model("epns-lattice", LEARNED).start(1, {})
        self.refused("50", run, 1, tissue(), dt=70)
        run = epns.Model("cpm").start(1, SORTING)
        self.refused("1 MCS", run, 1, tissue(), dt=.5)
        twin, arrays = tissue(), tissue()
        run.step(3, arrays)  # and the run goes on as if nothing had been asked
        epns.Model("cpm").start(1, SORTING).step(3, twin)
        np.testing.assert_array_equal(twin["cell-id"], arrays["cell-id"])

    def test_beyond_room(self):
        for model in epns.Model("cpm"), epns.Model("epns-lattice", LEARNED):
            arrays = tissue()
            arrays["cell-id"][0, 60:63, 60:63] = 50  # a daughter, but 50 rows of types: 0 to 49
            error = self.refused("50", model.start(1, model.choose(SORTING)), 1, arrays)
            self.assertIn(error.field, ("cell-id", "cell-type"))

    def test_one_of_an_ensemble(self):
        model, members = epns.Model("cpm"), [tissue() for _ in range(3)]
        members[1]["cell-id"][0, 0, 0] = -1
        before = members[1]["cell-id"].copy()
        with self.assertRaises(epns.Error) as caught:
            epns.step(model.ensemble(3, 1, SORTING), 2, members)
        self.assertEqual(caught.exception.member, 1)
        self.assertEqual(caught.exception.statuses, [epns.OK, epns.DISCARD, epns.OK])
        np.testing.assert_array_equal(before, members[1]["cell-id"])

    def test_what_numpy_sees(self):
        run, arrays = epns.Model("cpm").start(1, SORTING), tissue()
        with self.assertRaisesRegex(TypeError, "int32"):
            run.step(1, dict(arrays, **{"cell-id": arrays["cell-id"].astype(np.int64)}))
        arrays["cell-id"].flags.writeable = False
        with self.assertRaisesRegex(ValueError, "written"):
            run.step(1, arrays)
        with self.assertRaisesRegex(KeyError, "temprature"):
            epns.Model("cpm").start(1, dict(SORTING, temprature=1))
        with self.assertRaisesRegex(ValueError, "whole numbers"):
            epns.Model("cpm").start(1, dict(SORTING, **{"neighbor-order": 1.5}))
        with self.assertRaisesRegex(epns.Error, "no plugin offers kind 'cmp'"):
            epns.Model("cmp")
        with self.assertRaisesRegex(epns.Error, "contact-energy"):
            epns.Model("cpm").start(1, {"temperature": 1, "contact-energy": [[0, 1]]})


unittest.main()
