// SPDX-License-Identifier: MIT
// epns.hpp - step plugins from C++11: RAII over epns_step.h and epns_loader.h, arrays lent by name.
// Link with -lepns (pkg-config epns). Refusals are exceptions of class epns::Error; after one
// thrown by step() whose status is EPNS_DISCARD, the arrays are as they were.
#ifndef EPNS_HPP
#define EPNS_HPP
#include <epns_loader.h>

#include <algorithm>
#include <cstring>
#include <initializer_list>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace epns
{

class Error : public std::runtime_error
{
public:
  explicit Error(const epns_error &error) : std::runtime_error(error.text), details(error) {}
  epns_error details;  // status, and which member, field and axis; what would be accepted
};

inline void check(epns_status status, const epns_error &error)
{
  if (status != EPNS_OK) throw Error(error);
}

template <typename T>
struct Dtype;
template <>
struct Dtype<int32_t> {
  static constexpr int32_t value = EPNS_I32;
};
template <>
struct Dtype<int64_t> {
  static constexpr int32_t value = EPNS_I64;
};
template <>
struct Dtype<float> {
  static constexpr int32_t value = EPNS_F32;
};
template <>
struct Dtype<double> {
  static constexpr int32_t value = EPNS_F64;
};

// Lend an array; strides in bytes, C order where none are given. The memory stays the host's.
template <typename T>
epns_view lend(T *data, std::initializer_list<int64_t> shape,
               std::initializer_list<int64_t> strides = {})
{
  epns_view view = {};
  int64_t bytes = sizeof(T);

  if (shape.size() > EPNS_MAX_RANK || (strides.size() > 0 && strides.size() != shape.size()))
    throw std::invalid_argument("lend: at most 5 axes, and one stride an axis");
  view.data = data;
  view.dtype = Dtype<T>::value;
  view.rank = static_cast<int32_t>(shape.size());
  std::copy(shape.begin(), shape.end(), view.shape);
  for (int32_t axis = view.rank - 1; axis >= 0; bytes *= view.shape[axis--])
    view.stride[axis] = bytes;
  std::copy(strides.begin(), strides.end(), view.stride);
  view.room = view.rank > 0 ? view.shape[0] : 0;
  return view;
}

typedef std::map<std::string, epns_view> Lent;

// What a kind opened; may be copied, and lives as long as a copy or a run of it does.
class Model
{
public:
  // source: a model's file or folder, "" where rules come as parameters. plugin: "" searches.
  explicit Model(const std::string &kind, const std::string &source = "",
                 const std::string &plugin = "", const epns_host *host = nullptr)
  {
    epns_error error = {};
    epns_model *model = nullptr;
    kind_ = epns_load_kind(plugin.empty() ? nullptr : plugin.c_str(), kind.c_str(), &error);
    if (!kind_) throw Error(error);
    check(kind_->open(host, source.empty() ? nullptr : source.c_str(), &model, &error), error);
    model_ = std::shared_ptr<epns_model>(model, kind_->close);
    fields_ = kind_->fields(model, &n_fields_, &native_dt_, &time_unit_);
    n_params_ = static_cast<uint32_t>(std::count_if(
        fields_, fields_ + n_fields_, [](const epns_field &f) { return f.role == EPNS_PARAM; }));
  }

  const epns_kind &kind() const { return *kind_; }
  double native_dt() const { return native_dt_; }
  std::string time_unit() const
  {
    return time_unit_ ? time_unit_ : kind_->time_unit ? kind_->time_unit : "1";
  }
  std::vector<epns_field> fields() const
  {
    return std::vector<epns_field>(fields_, fields_ + n_fields_);
  }

  bool has(const std::string &name) const
  {
    return epns_find_field(fields_, n_fields_, name.c_str()) >= 0;
  }

  // Of what a host could lend, what this model asks for.
  Lent choose(const Lent &lent) const
  {
    Lent chosen;
    for (const auto &entry : lent)
      if (has(entry.first)) chosen.insert(entry);
    return chosen;
  }

private:
  friend class Run;

  // One view a field of [first, first + n), in order; absent where none is lent.
  std::vector<epns_view> arrange(const Lent &lent, uint32_t first, uint32_t n) const
  {
    std::vector<epns_view> views(n, epns_view());
    for (const auto &entry : lent) {
      int32_t at = epns_find_field(fields_ + first, n, entry.first.c_str());
      if (at < 0)
        throw std::invalid_argument(std::string(kind_->id) + " has no field '" + entry.first +
                                    "' here");
      views[static_cast<size_t>(at)] = entry.second;
    }
    return views;
  }

  const epns_kind *kind_;
  std::shared_ptr<epns_model> model_;
  const epns_field *fields_;
  uint32_t n_fields_ = 0, n_params_ = 0;
  double native_dt_ = 0;
  const char *time_unit_ = nullptr;
};

// One trajectory. Runs of one model may step in different threads.
class Run
{
public:
  Run(const Model &model, const Lent &params, uint64_t seed, uint64_t stream = 0)
      : model_(model), run_(nullptr, nullptr)
  {
    epns_error error = {};
    epns_run *run = nullptr;
    const auto views = model.arrange(params, 0, model.n_params_);
    check(model.kind_->start(model.model_.get(), views.data(), model.n_params_, seed, stream, &run,
                             &error),
          error);
    run_ = std::unique_ptr<epns_run, void (*)(epns_run *)>(run, model.kind_->stop);
  }

  // Native steps taken since the start. dt 0: the native one.
  int64_t step(const Lent &lent, uint32_t n_steps = 1, double dt = 0)
  {
    epns_error error = {};
    epns_run *run = run_.get();
    auto views = model_.arrange(lent, model_.n_params_, model_.n_fields_ - model_.n_params_);
    epns_frame frame = {views.data(), static_cast<uint32_t>(views.size()), EPNS_OK, 0};
    check(model_.kind_->step(&run, &frame, 1, n_steps, dt > 0 ? dt : model_.native_dt_, &error),
          error);
    return frame.step;
  }

  std::string save()
  {
    std::string bytes;
    archive(epns_archive{&bytes, 0, append});
    return bytes;
  }

  void load(const std::string &bytes)
  {
    Reader reader = {bytes.data(), bytes.size()};
    archive(epns_archive{&reader, 1, extract});
  }

private:
  struct Reader {
    const char *at;
    size_t left;
  };

  void archive(const epns_archive &archive)
  {
    epns_error error = {};
    check(model_.kind_->archive(run_.get(), &archive, &error), error);
  }

  static epns_status append(void *ctx, void *data, size_t n)
  {
    static_cast<std::string *>(ctx)->append(static_cast<char *>(data), n);
    return EPNS_OK;
  }

  static epns_status extract(void *ctx, void *data, size_t n)
  {
    Reader *reader = static_cast<Reader *>(ctx);
    if (n > reader->left) return EPNS_ERROR;
    std::memcpy(data, reader->at, n);
    reader->at += n;
    reader->left -= n;
    return EPNS_OK;
  }

  Model model_;  // first, so that the run stops before the model closes
  std::unique_ptr<epns_run, void (*)(epns_run *)> run_;
};

}  // namespace epns
#endif
