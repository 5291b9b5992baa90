// What libcalm.so shows to the world; all else is hidden. cmake/libcalm.map names the same
// functions with the version that brought them.
#pragma once

#define CALM_EXPORT extern "C" __attribute__((visibility("default")))
