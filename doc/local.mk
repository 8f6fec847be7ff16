# Documentation.
dist_man_MANS += doc/epns.1
