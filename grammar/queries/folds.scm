[
  (compound_statement)
  (case_statement)
  (field_declaration_list)
  (enumerator_list)
  (initializer_list)
  (parameter_list)
  (comment)
] @fold
