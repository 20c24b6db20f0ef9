# Functions for projects that use acc. Needs ACC_COMPILER (the driver) and the target acc::acc.

# Compiles each .ac file with the driver, with the target's own include directories, definitions, options and standard, and
# links the runtime. The driver writes a depfile, so that a changed header rebuilds what includes it.
function(acc_sources target)
  set(config "$<$<CONFIG:Debug>:-O0;-g>$<$<CONFIG:Release>:-O2>$<$<CONFIG:RelWithDebInfo>:-O2;-g>$<$<CONFIG:MinSizeRel>:-Os>")
  set(includes "$<TARGET_PROPERTY:${target},INCLUDE_DIRECTORIES>")
  set(definitions "$<TARGET_PROPERTY:${target},COMPILE_DEFINITIONS>")
  set(options "$<FILTER:$<TARGET_PROPERTY:${target},COMPILE_OPTIONS>,EXCLUDE,^$>")
  get_target_property(pic ${target} POSITION_INDEPENDENT_CODE)
  get_target_property(type ${target} TYPE)
  set(extra "")
  if(pic OR type STREQUAL "SHARED_LIBRARY" OR type STREQUAL "MODULE_LIBRARY")
    set(extra -fPIC)
  endif()
  foreach(source IN LISTS ARGN)
    get_filename_component(path "${source}" ABSOLUTE BASE_DIR "${CMAKE_CURRENT_SOURCE_DIR}")
    string(MD5 hash "${path}")
    string(SUBSTRING "${hash}" 0 8 hash)
    get_filename_component(name "${source}" NAME)
    set(object "${CMAKE_CURRENT_BINARY_DIR}/${target}.acc/${name}.${hash}.o")
    add_custom_command(
      OUTPUT "${object}"
      COMMAND "${CMAKE_COMMAND}" -E make_directory "${CMAKE_CURRENT_BINARY_DIR}/${target}.acc"
      COMMAND "${ACC_COMPILER}" "--cc=${CMAKE_C_COMPILER}" -c "${path}" -o "${object}" -MD -MF "${object}.d" -MT "${object}"
              "${config}" ${extra} "${options}" "$<$<BOOL:${definitions}>:-D$<JOIN:${definitions},;-D>>"
              "$<$<BOOL:${includes}>:-I$<JOIN:${includes},;-I>>"
      DEPENDS "${path}" "${ACC_COMPILER}"
      DEPFILE "${object}.d"
      COMMENT "acc ${source}"
      COMMAND_EXPAND_LISTS VERBATIM)
    set_source_files_properties("${object}" PROPERTIES EXTERNAL_OBJECT TRUE GENERATED TRUE)
    target_sources(${target} PRIVATE "${object}")
  endforeach()
  set_property(TARGET ${target} APPEND PROPERTY LINK_LIBRARIES acc::acc)
  get_target_property(language ${target} LINKER_LANGUAGE)
  if(NOT language)
    set_property(TARGET ${target} PROPERTY LINKER_LANGUAGE C)
  endif()
endfunction()

function(acc_add_executable target)
  set(plain ${ARGN})
  list(FILTER plain EXCLUDE REGEX "\\.ac$")
  set(dialect ${ARGN})
  list(FILTER dialect INCLUDE REGEX "\\.ac$")
  add_executable(${target} ${plain})
  acc_sources(${target} ${dialect})
endfunction()
