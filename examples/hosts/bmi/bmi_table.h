/* SPDX-License-Identifier: MIT */
/* The table of BMI 2.0's functions in C, as its documentation lists them (bmi.readthedocs.io), for
 * where csdms's own bmi.h is not installed. Same members, same order: either may be compiled with.
 */
#ifndef BMI_TABLE_H
#define BMI_TABLE_H

enum { BMI_SUCCESS = 0, BMI_FAILURE = 1 };

typedef struct Bmi Bmi;
typedef int bmi_plain(Bmi *self);
typedef int bmi_text(Bmi *self, char *text);
typedef int bmi_texts(Bmi *self, char **texts);
typedef int bmi_number(Bmi *self, double *number);
typedef int bmi_count(Bmi *self, int *count);
typedef int bmi_name_text(Bmi *self, const char *name, char *text);
typedef int bmi_name_count(Bmi *self, const char *name, int *count);
typedef int bmi_grid_text(Bmi *self, int grid, char *text);
typedef int bmi_grid_counts(Bmi *self, int grid, int *counts);
typedef int bmi_grid_numbers(Bmi *self, int grid, double *numbers);

struct Bmi {
  void *data;
  int (*initialize)(Bmi *self, const char *config_file);
  bmi_plain *update;
  int (*update_until)(Bmi *self, double time);
  bmi_plain *finalize;
  bmi_text *get_component_name;
  bmi_count *get_input_item_count, *get_output_item_count;
  bmi_texts *get_input_var_names, *get_output_var_names;
  bmi_name_count *get_var_grid;
  bmi_name_text *get_var_type, *get_var_units;
  bmi_name_count *get_var_itemsize, *get_var_nbytes;
  bmi_name_text *get_var_location;
  bmi_number *get_current_time, *get_start_time, *get_end_time;
  bmi_text *get_time_units;
  bmi_number *get_time_step;
  int (*get_value)(Bmi *self, const char *name, void *to);
  int (*get_value_ptr)(Bmi *self, const char *name, void **values);
  int (*get_value_at_indices)(Bmi *self, const char *name, void *to, int *indices, int n);
  int (*set_value)(Bmi *self, const char *name, void *from);
  int (*set_value_at_indices)(Bmi *self, const char *name, int *indices, int n, void *from);
  bmi_grid_counts *get_grid_rank, *get_grid_size;
  bmi_grid_text *get_grid_type;
  bmi_grid_counts *get_grid_shape;
  bmi_grid_numbers *get_grid_spacing, *get_grid_origin, *get_grid_x, *get_grid_y, *get_grid_z;
  bmi_grid_counts *get_grid_node_count, *get_grid_edge_count, *get_grid_face_count;
  bmi_grid_counts *get_grid_edge_nodes, *get_grid_face_edges, *get_grid_face_nodes;
  bmi_grid_counts *get_grid_nodes_per_face;
};

#endif
