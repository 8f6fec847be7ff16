// SPDX-License-Identifier: MIT
// Artistoo's own step and cpm in its place: the same statistics; a learned step; what is refused.
"use strict"

const assert = require("assert")
const path = require("path")
const source = process.env.EPNS_SRCDIR
process.env.EPNS_LIBRARY = process.env.EPNS_BUILDDIR + "/plugin/.libs/libepns.so.0"
const CPM = require(process.env.EPNS_ARTISTOO)
const epns = require(path.join(source, "examples/hosts/artistoo/epns.js"))
const LEARNED = path.join(source, "models/trained/cellsort")

function tissue(seed, torus, corner, more) { // 7 x 7 cells of 25 sites, the two kinds in turn
	const C = new CPM.CPM([64, 64], Object.assign({ torus: [torus, torus], seed, T: 10,
		J: [[NaN, 16, 16], [16, 2, 11], [16, 11, 14]], LAMBDA_V: [0, 2, 2], V: [0, 25, 25] }, more))
	for (let cell = 0; cell < 49; cell++) {
		const id = C.makeNewCellID(1 + cell % 2)
		for (let i = 0; i < 25; i++) {
			const x = corner + 5 * (cell % 7) + i % 5
			const y = corner + 5 * Math.floor(cell / 7) + Math.floor(i / 5)
			C.setpix([x % 64, y % 64], id)
		}
	}
	return C
}

// Unlike among borders of cells; borders of cells and medium; mean volume.
function measure(C) {
	let unlike = 0, all = 0, medium = 0
	for (const at of C.borderpixels.elements) {
		const id = C.grid.pixti(at)
		for (const other of C.grid.neighi(at).map(i => C.grid.pixti(i))) {
			if (id === 0 || other === id) { continue }
			if (other === 0) { medium++ } else { all++; unlike += C.t2k[other] !== C.t2k[id] }
		}
	}
	const volumes = Object.values(C.cellvolume)
	return [unlike / all, medium, volumes.reduce((a, b) => a + b, 0) / volumes.length]
}

function ensemble(members, mcs, torus, corner, kind) {
	const rows = []
	for (let seed = 1; seed <= members; seed++) {
		const C = tissue(seed, torus, corner)
		const taken = kind ? epns.takeOver(C, { kind, seed }) : null
		while (C.time < mcs) { C.timeStep() }
		rows.push(measure(C))
		if (taken) { taken.giveBack() }
	}
	return [0, 1, 2].map(k => {
		const mean = rows.reduce((a, row) => a + row[k], 0) / members
		return [mean, rows.reduce((a, row) => a + (row[k] - mean) ** 2, 0) / (members - 1) / members]
	})
}

for (const [torus, corner] of [[false, 14], [true, 45]]) { // in the middle; across the borders
	const own = ensemble(10, 60, torus, corner), ours = ensemble(10, 60, torus, corner, "cpm")
	own.forEach(([mean, error2], k) => {
		const apart = (ours[k][0] - mean) / Math.sqrt(error2 + ours[k][1])
		assert(Math.abs(apart) < 4, "observable " + k + ": " + mean + " and " + ours[k][0])
	})
}

// What the host keeps is what the grid holds, and its own step goes on from there.
const C = tissue(1, false, 14)
const taken = epns.takeOver(C, { kind: "epns-lattice", source: LEARNED })
assert.strictEqual(taken.mcs, 50)
for (let step = 0; step < 60; step++) { C.timeStep() }
assert.strictEqual(C.time, 3000)
const counted = {}
for (const [, id] of C.cellPixels()) { counted[id] = (counted[id] || 0) + 1 }
assert.deepStrictEqual(counted, Object.assign({}, C.cellvolume))
taken.giveBack()
C.timeStep()
assert.strictEqual(C.time, 3001)

// Refusals leave the grid as it was.
const before = JSON.stringify(C.cellvolume)
const odd = epns.takeOver(C, { kind: "epns-lattice", source: LEARNED, mcs: 70 })
assert.throws(() => C.timeStep(), /one step of this model is 50/)
odd.giveBack()
assert.throws(() => epns.takeOver(C, { kind: "epns-lattice", source: "/gone" }), /cannot be read/)
assert.throws(() => epns.takeOver(C, { kind: "cmp" }), /no plugin offers kind 'cmp'/)
assert.throws(() => epns.takeOver(tissue(1, false, 14, { LAMBDA_P: [0, 1, 1], P: [0, 20, 20] }),
	{ kind: "cpm" }), /PerimeterConstraint has no counterpart/)
assert.strictEqual(JSON.stringify(C.cellvolume), before)
