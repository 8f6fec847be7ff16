// SPDX-License-Identifier: MIT
// epns.js - lets a kind of epns take the steps of an Artistoo CPM, in node, through koffi.
//
//   const epns = require("./epns")
//   const taken = epns.takeOver(sim.C, { kind: "cpm", seed: 1 })  // or kind, source: a path
//   ...                                                           // sim.step(), all as ever
//   taken.giveBack()                                        // Artistoo's own step from here on
//
// Parameters come from sim.C.conf, by the names the kind asks for; `parameters` adds to them or
// replaces them. What is refused throws an Error in the words of the plugin; the grid is as it was.
// libepns is found as the system finds libraries, or at the environment's EPNS_LIBRARY.
"use strict"

const koffi = require("koffi")

const MAX_RANK = 5
const PARAM = 0
const I32 = 0, F64 = 3
const ARRAYS = { [I32]: Int32Array, [F64]: Float64Array }

const ErrorText = koffi.struct("epns_error", {
	status: "int32", member: "int32", field: "int32", axis: "int32", need: "int64",
	text: koffi.array("char", 240)
})
const Field = koffi.struct("epns_field", {
	name: "const char *", unit: "const char *", axes: "const char *", values: "const char *",
	role: "int32", dtype: "int32", rank: "int32", optional: "int32",
	extent: koffi.array("int64", MAX_RANK), fallback: "double"
})
const View = koffi.struct("epns_view", {
	data: "void *", dtype: "int32", rank: "int32", shape: koffi.array("int64", MAX_RANK),
	stride: koffi.array("int64", MAX_RANK), room: "int64"
})
const Frame = koffi.struct("epns_frame", {
	views: koffi.pointer(View), n_views: "uint32", status: "int32", step: "int64"
})
const FUNCTIONS = {
	open: koffi.proto("int32 open(void *host, const char *source, _Out_ void **model, " +
		"_Out_ epns_error *error)"),
	close: koffi.proto("void close(void *model)"),
	fields: koffi.proto("void *fields(void *model, _Out_ uint32 *n, _Out_ double *dt, void *unit)"),
	start: koffi.proto("int32 start(void *model, epns_view *params, uint32 n, uint64 seed, " +
		"uint64 stream, _Out_ void **run, _Out_ epns_error *error)"),
	stop: koffi.proto("void stop(void *run)"),
	step: koffi.proto("int32 step(void **runs, epns_frame *frames, uint32 n, uint32 n_steps, " +
		"double dt, _Out_ epns_error *error)")
}
const Kind = koffi.struct("epns_kind", {
	size: "uint32", caps: "uint32", id: "const char *", version: "const char *",
	title: "const char *", time_unit: "const char *", open: "void *", close: "void *",
	fields: "void *", start: "void *", stop: "void *", step: "void *", archive: "void *",
	extension: "void *"
})

const library = koffi.load(process.env.EPNS_LIBRARY || "libepns.so.0")
const loadKind = library.func(
	"epns_kind *epns_load_kind(const char *path, const char *id, _Out_ epns_error *error)")

function check(status, error) {
	if (status !== 0) {
		throw Object.assign(new Error(error.text), { status, axis: error.axis, need: error.need })
	}
}

// A view of a typed array, in C order.
function view(array, dtype, shape) {
	const padded = value => value.concat(Array(MAX_RANK - value.length).fill(0))
	const stride = shape.map((_, axis) =>
		shape.slice(axis + 1).reduce((a, b) => a * b, array ? array.BYTES_PER_ELEMENT : 0))
	return { data: array, dtype, rank: shape.length, shape: padded(shape), stride: padded(stride),
		room: shape.length > 0 ? shape[0] : 0 }
}

const ABSENT = view(null, 0, [])

// Numbers, or numbers in arrays in arrays, as the field takes them.
function parameter(field, value) {
	const shape = []
	for (let part = value; Array.isArray(part); part = part[0]) { shape.push(part.length) }
	return view(ARRAYS[field.dtype].from([value].flat(Infinity)), field.dtype, shape)
}

class Model {
	constructor(id, source, plugin) {
		const error = {}, model = [null], n = [0], dt = [0]
		const kind = loadKind(plugin || null, id, error)
		if (kind === null) { throw new Error(error.text) }
		const table = koffi.decode(kind, Kind)
		this.call = {}
		for (const name of Object.keys(FUNCTIONS)) {
			this.call[name] = koffi.decode(table[name], FUNCTIONS[name])
		}
		check(this.call.open(null, source || null, model, error), error)
		this.model = model[0]
		const raw = this.call.fields(this.model, n, dt, null)
		this.fields = koffi.decode(raw, koffi.array(Field, n[0]))
		this.params = this.fields.filter(field => field.role === PARAM)
		this.views = this.fields.filter(field => field.role !== PARAM)
		this.dt = dt[0]
	}

	start(values, seed, stream) {
		const error = {}, run = [null]
		const views = this.params.map(field =>
			values[field.name] === undefined ? ABSENT : parameter(field, values[field.name]))
		check(this.call.start(this.model, views, views.length, seed, stream, run, error), error)
		return run[0]
	}

	// One call, n steps of dt. arrays: views by name.
	step(run, arrays, n, dt) {
		const error = {}
		const views = this.views.map(field => arrays[field.name] || ABSENT)
		const frame = { views, n_views: views.length, status: 0, step: 0 }
		check(this.call.step([run], [frame], 1, n, dt, error), error)
	}
}

// What a CPM's conf says, by the names of the fields. Constraints that no kind has are refused.
function parametersOf(C) {
	const KNOWN = ["Adhesion", "VolumeConstraint"]
	for (const constraint of C.soft_constraints.concat(C.hard_constraints)) {
		if (!KNOWN.includes(constraint.constructor.name)) {
			const name = constraint.constructor.name
			throw new Error(name + " has no counterpart in epns; take it out of conf")
		}
	}
	const conf = C.conf, torus = conf.torus || [true, true, true]
	const number = x => Number.isFinite(x) ? x : 0
	return {
		"temperature": conf.T,
		"contact-energy": conf.J.map(row => row.map(number)),
		"target-volume": (conf.V || conf.J.map(() => 0)).map(number),
		"volume-strength": (conf.LAMBDA_V || conf.J.map(() => 0)).map(number),
		"neighbor-order": 2, // Moore's neighbourhood, for copies and for contacts
		"contact-neighbor-order": 2,
		"periodic": [C.ndim > 2 ? +torus[2] : 0, +torus[1], +torus[0]]
	}
}

function takeOver(C, options) {
	const model = new Model(options.kind, options.source, options.plugin)
	const offered = Object.assign(parametersOf(C), options.parameters)
	const run = model.start(offered, options.seed || 1, options.stream || 0)
	const mcs = options.mcs || model.dt, steps = Math.max(1, Math.round(mcs / model.dt))
	const [nx, ny, nz] = C.extents.concat(C.ndim === 2 ? [1] : [])
	const ids = new Int32Array(nx * ny * nz)
	const sites = Array.from(ids, (_, i) => // Artistoo's own index of each, in C order of z, y, x
		C.grid.p2i([i % nx, Math.floor(i / nx) % ny, Math.floor(i / (nx * ny))].slice(0, C.ndim)))

	// Only sites that changed are set, through setpixi, so that volumes, borders and constraints hear
	// of them. It forgets a cell of no site; one that is elsewhere by the end is held meanwhile.
	function write() {
		const staying = new Set(ids)
		staying.delete(0)
		for (const id of staying) { C.cellvolume[id]++ }
		sites.forEach((at, i) => { C.setpixi(at, ids[i]) })
		for (const id of staying) { C.cellvolume[id]-- }
	}

	C.timeStep = function () { // in place of CPM.timeStep
		sites.forEach((at, i) => { ids[i] = C.grid.pixti(at) })
		const types = new Int32Array(C.last_cell_id + 1)
		C.t2k.forEach((kind, id) => { types[id] = kind })
		model.step(run, {
			"cell-id": view(ids, I32, [nz, ny, nx]),
			"cell-type": view(types, I32, [types.length])
		}, steps, mcs / steps)
		write()
		C.time += mcs
		C.stat_values = {}
		for (const listener of C.post_mcs_listeners) { listener() }
	}
	return {
		mcs,
		giveBack() {
			delete C.timeStep
			model.call.stop(run)
			model.call.close(model.model)
		}
	}
}

module.exports = { Model, takeOver }
