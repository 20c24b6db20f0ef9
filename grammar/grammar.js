/**
 * @file The grammar of acc: C with async/await, as GCC takes C.
 * @license MIT
 *
 * It extends tree-sitter-c (see NOTICE) as tree-sitter-cpp does. Three things differ from there:
 *
 *  - the dialect: async, await, yield, try, throw, defer, async for, async with, acc_task(T) and its kin;
 *  - GNU C: typeof, statement expressions, attributes, labels as values and the rest; and none of the guesses that
 *    tree-sitter-c makes about macros it has not seen, since acc reads preprocessed text;
 *  - marks. A parser without a symbol table cannot tell `(T) - x` from `(a) - x`. acc therefore hands the parser a copy of
 *    the text in which the first byte of each identifier is a mark: \x01 where it names a type (a typedef name, or the tag
 *    of a struct, union or enum), \x02 where it names anything else. Marked text has one parse. Text without marks, as an
 *    editor has it, gives the same nodes, and a guess where C is ambiguous.
 */

/// <reference types="tree-sitter-cli/dsl" />
// @ts-check

const C = require('tree-sitter-c/grammar');

const PREC = {
  ASSIGNMENT: -2,
  CONDITIONAL: -1,
  LOGICAL_OR: 1,
  LOGICAL_AND: 2,
  INCLUSIVE_OR: 3,
  EXCLUSIVE_OR: 4,
  BITWISE_AND: 5,
  EQUAL: 6,
  RELATIONAL: 7,
  SHIFT: 9,
  ADD: 10,
  MULTIPLY: 11,
  CAST: 12,
  SIZEOF: 13,
  UNARY: 14,
  POSTFIX: 15,
};

const WORD_START = 'A-Za-z_$\\u{80}-\\u{10FFFF}';
const WORD_REST = `([0-9${WORD_START}]|\\\\u[0-9A-Fa-f]{4}|\\\\U[0-9A-Fa-f]{8})*`;

/** What may follow the name in each kind of declarator; `name` is what stands in its middle. */
function declarators(kind, name) {
  const self = `_${kind}declarator`;
  const rule = shape => kind ? `${shape}_${kind}declarator` : `${shape}_declarator`;
  const as = ($, shape) => kind ? alias($[rule(shape)], $[`${shape}_declarator`]) : $[rule(shape)];
  return {
    [self]: $ => choice(
      as($, 'attributed'),
      as($, 'pointer'),
      as($, 'function'),
      as($, 'array'),
      as($, 'parenthesized'),
      name($),
    ),
    [rule('parenthesized')]: $ => prec.dynamic(-10, seq(
      '(',
      repeat($.attribute_specifier),
      field('declarator', $[self]),
      ')',
    )),
    [rule('attributed')]: $ => prec.right(seq(
      field('declarator', $[self]),
      repeat1($.attribute_declaration),
    )),
    [rule('pointer')]: $ => prec.dynamic(1, prec.right(seq(
      '*',
      repeat($._pointer_qualifier),
      field('declarator', $[self]),
    ))),
    [rule('function')]: $ => prec(1, seq(
      field('declarator', $[self]),
      field('parameters', kind ?
        $.parameter_list :
        choice($.parameter_list, alias($._old_style_parameter_list, $.parameter_list))),
    )),
    [rule('array')]: $ => prec(1, seq(
      field('declarator', $[self]),
      $._array_size,
    )),
  };
}

module.exports = grammar(C, {
  name: 'acc',

  word: $ => $._plain_word,

  // Directives may stand anywhere, as comments may: text that an editor shows has them, what acc parses has none. Conditionals
  // are single lines here, not brackets around a part of the tree, so they need not stand where the grammar's items do.
  extras: $ => [
    /[ \t\r\n\f\v\uFEFF]|\\\r?\n/,
    $.comment,
    $.preproc_include,
    $.preproc_def,
    $.preproc_function_def,
    $.preproc_call,
  ],

  inline: _ => [],

  supertypes: $ => [
    $.expression,
    $.statement,
    $.type_specifier,
    $._declarator,
    $._field_declarator,
    $._type_declarator,
    $._abstract_declarator,
  ],

  conflicts: $ => [
    // The ambiguity of C that marks take away: is this word a type?
    [$.identifier, $.type_identifier],
    // And is `async` a specifier?
    [$.async_specifier, $.identifier],
    [$._type_part],
    // Those that a token or two settle: `enum e : 3` in a struct, `auto x = 1`, attributes before a declaration or a statement,
    // attributes behind a parenthesis.
    [$.enum_specifier],
    [$.storage_class_specifier, $._auto_type],
    [$.attributed_statement, $._modifier],
    [$.abstract_parenthesized_declarator, $._modifier],
    [$.parenthesized_declarator, $.abstract_parenthesized_declarator, $._modifier],
  ],

  rules: {
    translation_unit: $ => repeat($._top_level_item),

    _top_level_item: $ => choice(
      $.function_definition,
      $.linkage_specification,
      $.declaration,
      $.type_definition,
      $.static_assert_declaration,
      alias($._top_level_statement, $.expression_statement),
    ),

    _block_item: $ => choice(
      $.function_definition,
      $.linkage_specification,
      $.declaration,
      $.type_definition,
      $.static_assert_declaration,
      $.local_label_declaration,
      $.case_statement,
      $.attributed_statement,
      $._plain_statement,
    ),

    // A lone semicolon, asm, or a macro that stands for a declaration.
    _top_level_statement: $ => seq(
      optional(choice(
        $.gnu_asm_expression,
        alias($._top_level_call, $.call_expression),
      )),
      ';',
    ),

    _top_level_call: $ => seq(
      field('function', $.identifier),
      field('arguments', $.argument_list),
    ),

    // Declarations

    function_definition: $ => seq(
      $._declaration_specifiers,
      field('declarator', $._declarator),
      choice(
        optional($._declarator_tail),
        repeat1(alias($._old_style_declaration, $.declaration)),
      ),
      field('body', $.compound_statement),
    ),

    // The parameters of a K&R definition. It does not begin with an attribute: that belongs to the function.
    _old_style_declaration: $ => seq(
      choice(
        $._type_part,
        seq(choice($.storage_class_specifier, $.type_qualifier), $._declaration_specifiers),
      ),
      optional($._init_declarators),
      ';',
    ),

    declaration: $ => choice(
      seq($._declaration_specifiers, $._init_declarators, ';'),
      prec.dynamic(-200, seq($._declaration_specifiers, ';')),
    ),

    _init_declarators: $ => seq(
      $._init_declarator,
      repeat(seq(',', repeat($.attribute_specifier), $._init_declarator)),
    ),

    _init_declarator: $ => choice(
      seq(field('declarator', $._declarator), optional($._declarator_tail)),
      field('declarator', $.init_declarator),
    ),

    init_declarator: $ => seq(
      field('declarator', $._declarator),
      optional($._declarator_tail),
      '=',
      field('value', choice($.initializer_list, $.expression)),
    ),

    _declarator_tail: $ => choice(
      seq($.gnu_asm_expression, repeat($.attribute_specifier)),
      repeat1($.attribute_specifier),
    ),

    type_definition: $ => seq(
      choice(
        seq(optional($._modifiers), 'typedef', $._declaration_specifiers),
        seq(optional($._modifiers), $._type_part, 'typedef', repeat(choice(
          $._modifier,
          $._more_type,
        ))),
      ),
      optional(seq(
        $._type_definition_declarator,
        repeat(seq(',', repeat($.attribute_specifier), $._type_definition_declarator)),
      )),
      ';',
    ),

    _type_definition_declarator: $ => seq(
      field('declarator', $._type_declarator),
      optional($._declarator_tail),
    ),

    _declaration_specifiers: $ => seq(optional($._modifiers), $._type_part),

    // `long const int` is C, too: words of an arithmetic type may stand apart.
    _type_part: $ => seq(
      field('type', $.type_specifier),
      repeat(choice(
        $._modifier,
        $._more_type,
      )),
    ),

    _more_type: $ => field('type', choice($.sized_type_specifier, $.primitive_type, $.bit_int_specifier)),

    _modifiers: $ => repeat1($._modifier),

    _modifier: $ => choice(
      $.storage_class_specifier,
      $.type_qualifier,
      $.attribute_specifier,
      $.attribute_declaration,
      $.async_specifier,
    ),

    async_specifier: _ => 'async',

    storage_class_specifier: _ => choice(
      'extern',
      'static',
      'auto',
      'register',
      'inline',
      '__inline',
      '__inline__',
      'thread_local',
      '_Thread_local',
      '__thread',
    ),

    type_qualifier: $ => choice(
      'const',
      '__const',
      '__const__',
      'constexpr',
      'volatile',
      '__volatile',
      '__volatile__',
      'restrict',
      '__restrict',
      '__restrict__',
      '__extension__',
      '_Atomic',
      '_Noreturn',
      'noreturn',
      '_Nonnull',
      '_Nullable',
      '_Null_unspecified',
      $.alignas_qualifier,
    ),

    alignas_qualifier: $ => seq(
      choice('alignas', '_Alignas'),
      '(',
      choice($.expression, $.type_descriptor),
      ')',
    ),

    type_specifier: $ => choice(
      $.struct_specifier,
      $.union_specifier,
      $.enum_specifier,
      $.typeof_specifier,
      $.atomic_type_specifier,
      $.bit_int_specifier,
      $.acc_type_specifier,
      $.sized_type_specifier,
      $.primitive_type,
      alias($._auto_type, $.primitive_type),
      $.type_identifier,
    ),

    // C23's `auto x = 1;`
    _auto_type: _ => prec.dynamic(-1, 'auto'),

    typeof_specifier: $ => seq(
      choice('typeof', '__typeof', '__typeof__', 'typeof_unqual', '__typeof_unqual', '__typeof_unqual__'),
      '(',
      choice(
        field('value', choice($.expression, $.comma_expression)),
        field('type', $.type_descriptor),
      ),
      ')',
    ),

    atomic_type_specifier: $ => prec(1, seq('_Atomic', '(', field('type', $.type_descriptor), ')')),

    bit_int_specifier: $ => seq('_BitInt', '(', field('size', $.expression), ')'),

    acc_type_specifier: $ => choice(
      seq(
        field('name', alias(choice(
          'acc_coro',
          'acc_task',
          'acc_future',
          'acc_outcome',
          'acc_queue',
          'acc_thread_future',
        ), $.type_identifier)),
        '(',
        field('type', $.type_descriptor),
        ')',
      ),
      seq(
        field('name', alias('acc_generator', $.type_identifier)),
        '(',
        field('type', $.type_descriptor),
        optional(seq(',', field('type', $.type_descriptor))),
        ')',
      ),
    ),

    sized_type_specifier: $ => prec.right(1, seq(optional($._base_type), $._size_words)),

    _size_words: $ => prec.right(1, seq($._size_word, optional($._base_type), optional($._size_words))),

    _base_type: $ => prec(1, field('type', choice($.primitive_type, $.bit_int_specifier))),

    _size_word: _ => choice(
      'signed',
      '__signed',
      '__signed__',
      'unsigned',
      'long',
      'short',
      '_Complex',
      '__complex',
      '__complex__',
      '_Imaginary',
    ),

    primitive_type: _ => choice(
      'void',
      'bool',
      '_Bool',
      'char',
      'int',
      'float',
      'double',
      '__auto_type',
      '__int128',
      '_Float16',
      '_Float32',
      '_Float64',
      '_Float128',
      '_Float32x',
      '_Float64x',
      '_Float128x',
      '__float80',
      '__float128',
      '__bf16',
      '__fp16',
      '_Decimal32',
      '_Decimal64',
      '_Decimal128',
    ),

    struct_specifier: $ => prec.right(seq('struct', $._struct_rest)),

    union_specifier: $ => prec.right(seq('union', $._struct_rest)),

    _struct_rest: $ => prec.right(seq(
      repeat(choice($.attribute_specifier, $.attribute_declaration)),
      choice(
        field('name', $._any_type_name),
        seq(
          field('name', optional($._any_type_name)),
          field('body', $.field_declaration_list),
          repeat($.attribute_specifier),
        ),
      ),
    )),

    enum_specifier: $ => seq(
      'enum',
      repeat(choice($.attribute_specifier, $.attribute_declaration)),
      choice(
        seq(field('name', $._any_type_name), optional($._enum_type), optional($._enum_body)),
        seq(optional($._enum_type), $._enum_body),
      ),
    ),

    _enum_type: $ => seq(
      ':',
      repeat($.type_qualifier),
      field('underlying_type', $.type_specifier),
    ),

    _enum_body: $ => prec.right(seq(
      field('body', $.enumerator_list),
      repeat($.attribute_specifier),
    )),

    enumerator_list: $ => seq(
      '{',
      optional(seq($.enumerator, repeat(seq(',', $.enumerator)), optional(','))),
      '}',
    ),

    enumerator: $ => seq(
      field('name', $._any_name),
      repeat(choice($.attribute_specifier, $.attribute_declaration)),
      optional(seq('=', field('value', $.expression))),
    ),

    _field_declaration_list_item: $ => choice(
      $.field_declaration,
      $.static_assert_declaration,
      ';',
    ),

    field_declaration: $ => seq(
      $._declaration_specifiers,
      optional(seq(
        $._field_item,
        repeat(seq(',', repeat($.attribute_specifier), $._field_item)),
      )),
      ';',
    ),

    _field_item: $ => seq(
      choice(
        seq(field('declarator', $._field_declarator), optional($.bitfield_clause)),
        $.bitfield_clause,
      ),
      repeat($.attribute_specifier),
    ),

    static_assert_declaration: $ => seq(
      optional('__extension__'),
      choice('_Static_assert', 'static_assert'),
      '(',
      field('condition', $.expression),
      optional(seq(',', field('message', $._string))),
      ')',
      ';',
    ),

    local_label_declaration: $ => seq(
      '__label__',
      field('label', $.statement_identifier),
      repeat(seq(',', field('label', $.statement_identifier))),
      ';',
    ),

    // Declarators

    ...declarators('', $ => $._any_name),
    ...declarators('field_', $ => $._any_field),
    ...declarators('type_', $ => $._any_type_name),

    _pointer_qualifier: $ => choice(
      $.type_qualifier,
      $.attribute_specifier,
      $.attribute_declaration,
    ),

    _array_size: $ => seq(
      '[',
      repeat(choice($.type_qualifier, 'static')),
      optional(field('size', choice($.expression, '*'))),
      ']',
    ),

    abstract_parenthesized_declarator: $ => prec(1, seq(
      '(',
      repeat($.attribute_specifier),
      field('declarator', $._abstract_declarator),
      ')',
    )),

    abstract_pointer_declarator: $ => prec.dynamic(1, prec.right(seq(
      '*',
      repeat($._pointer_qualifier),
      optional(field('declarator', $._abstract_declarator)),
    ))),

    abstract_function_declarator: $ => prec(1, seq(
      optional(field('declarator', $._abstract_declarator)),
      field('parameters', $.parameter_list),
    )),

    abstract_array_declarator: $ => prec(1, seq(
      optional(field('declarator', $._abstract_declarator)),
      $._array_size,
    )),

    // GNU C lets parameters be declared ahead of their list, before a semicolon.
    parameter_list: $ => seq(
      '(',
      optional(seq($._parameter, repeat(seq(choice(',', ';'), $._parameter)))),
      ')',
    ),

    _old_style_parameter_list: $ => prec.dynamic(-1, seq('(', $.identifier, repeat(seq(',', $.identifier)), ')')),

    _parameter: $ => choice($.parameter_declaration, $.variadic_parameter),

    parameter_declaration: $ => seq(
      $._declaration_specifiers,
      optional(seq(
        field('declarator', choice($._declarator, $._abstract_declarator)),
        repeat($.attribute_specifier),
      )),
    ),

    // Where only the marks could tell, `sizeof (a)` and `(a) - b` are taken to hold an expression.
    type_descriptor: $ => prec.dynamic(-1, seq(
      $._declaration_specifiers,
      optional(field('declarator', $._abstract_declarator)),
    )),

    // Attributes: whatever balances

    attribute_specifier: $ => seq(
      choice('__attribute__', '__attribute'),
      '(',
      '(',
      optional($.attribute),
      repeat(seq(',', optional($.attribute))),
      ')',
      ')',
    ),

    attribute_declaration: $ => seq(
      '[[',
      optional(alias($._standard_attribute, $.attribute)),
      repeat(seq(',', optional(alias($._standard_attribute, $.attribute)))),
      ']]',
    ),

    attribute: $ => seq(
      field('name', $._any_name),
      optional(field('arguments', alias($._balanced_list, $.argument_list))),
    ),

    _standard_attribute: $ => seq(
      optional(seq(field('prefix', $._any_name), '::')),
      field('name', $._any_name),
      optional(field('arguments', alias($._balanced_list, $.argument_list))),
    ),

    _balanced_list: $ => seq('(', repeat($._balanced), ')'),

    _balanced: $ => choice(
      $._balanced_list,
      seq('[', repeat($._balanced), ']'),
      seq('{', repeat($._balanced), '}'),
      $._any_name,
      $.number_literal,
      $.string_literal,
      $.char_literal,
      '.', '->', '++', '--', '&', '*', '+', '-', '~', '!', '/', '%', '<<', '>>', '<', '>', '<=', '>=', '==', '!=', '^', '|',
      '&&', '||', '?', ':', '::', ';', '...', '=', '*=', '/=', '%=', '+=', '-=', '<<=', '>>=', '&=', '^=', '|=', ',',
    ),

    // Statements

    statement: $ => choice(
      alias($._inner_case_statement, $.case_statement),
      $.attributed_statement,
      $._plain_statement,
    ),

    _plain_statement: $ => choice(
      $.labeled_statement,
      $.compound_statement,
      $.expression_statement,
      $.if_statement,
      $.switch_statement,
      $.do_statement,
      $.while_statement,
      $.for_statement,
      $.return_statement,
      $.break_statement,
      $.continue_statement,
      $.goto_statement,
      $.try_statement,
      $.throw_statement,
      $.defer_statement,
      $.async_for_statement,
      $.async_with_statement,
    ),

    attributed_statement: $ => seq(
      repeat1(choice($.attribute_declaration, $.attribute_specifier)),
      choice(alias($._inner_case_statement, $.case_statement), $._plain_statement),
    ),

    labeled_statement: $ => prec.right(seq(
      field('label', $.statement_identifier),
      ':',
      optional(choice($.declaration, $.type_definition, $.static_assert_declaration, $.statement)),
    )),

    // In a block, a case holds what follows up to the next one; as the body of another statement, the one statement it labels.
    case_statement: $ => prec.right(seq(
      $._case_label,
      repeat(choice(
        $.attributed_statement,
        $._plain_statement,
        $.declaration,
        $.type_definition,
        $.static_assert_declaration,
        $.function_definition,
        )),
    )),

    _inner_case_statement: $ => seq($._case_label, $.statement),

    _case_label: $ => seq(
      choice(
        seq('case', field('value', choice($.expression, $.case_range))),
        'default',
      ),
      ':',
    ),

    case_range: $ => seq(field('start', $.expression), '...', field('end', $.expression)),

    switch_statement: $ => seq(
      'switch',
      field('condition', $.parenthesized_expression),
      field('body', $.statement),
    ),

    _for_statement_body: $ => seq(
      choice(
        field('initializer', choice($.declaration, $.type_definition)),
        seq(optional(field('initializer', choice($.expression, $.comma_expression))), ';'),
      ),
      optional(field('condition', choice($.expression, $.comma_expression))),
      ';',
      optional(field('update', choice($.expression, $.comma_expression))),
    ),

    goto_statement: $ => seq(
      'goto',
      choice(
        field('label', $.statement_identifier),
        seq('*', field('address', choice($.expression, $.comma_expression))),
      ),
      ';',
    ),

    try_statement: $ => prec.right(seq(
      'try',
      field('body', $.compound_statement),
      repeat($.catch_clause), // none of them at all is told by the compiler, at the word
      optional($.finally_clause),
    )),

    catch_clause: $ => seq(
      'catch',
      '(',
      field('parameter', $.catch_parameter),
      ')',
      field('body', $.compound_statement),
    ),

    catch_parameter: $ => seq(
      field('type', $._any_name),
      repeat(seq('|', field('type', $._any_name))),
      optional(field('name', $._any_name)),
    ),

    finally_clause: $ => seq('finally', field('body', $.compound_statement)),

    throw_statement: $ => seq('throw', optional(field('value', $.expression)), ';'),

    defer_statement: $ => seq('defer', field('body', $.statement)),

    async_for_statement: $ => seq(
      'async',
      'for',
      '(',
      choice(
        field('declaration', alias($._async_for_declaration, $.declaration)),
        field('target', $.expression),
      ),
      'in',
      field('iterable', choice($.expression, $.comma_expression)),
      ')',
      field('body', $.statement),
    ),

    _async_for_declaration: $ => seq(
      $._declaration_specifiers,
      field('declarator', $._declarator),
      optional($._declarator_tail),
    ),

    async_with_statement: $ => seq(
      'async',
      'with',
      '(',
      choice(
        field('declaration', alias($._async_with_declaration, $.declaration)),
        field('value', choice($.expression, $.comma_expression)),
      ),
      ')',
      field('body', $.statement),
    ),

    _async_with_declaration: $ => seq(
      $._declaration_specifiers,
      field('declarator', $.init_declarator),
    ),

    // Expressions

    expression: $ => choice(
      $.assignment_expression,
      $.yield_expression,
      $.conditional_expression,
      $.binary_expression,
      $.cast_expression,
      $.unary_expression,
      $.await_expression,
      $.update_expression,
      $.pointer_expression,
      $.sizeof_expression,
      $.alignof_expression,
      $.extension_expression,
      $.label_address_expression,
      $.subscript_expression,
      $.call_expression,
      $.field_expression,
      $.compound_literal_expression,
      $.generic_expression,
      $.offsetof_expression,
      $.va_arg_expression,
      $.types_compatible_expression,
      $.convert_vector_expression,
      $.acc_new_expression,
      $.gnu_asm_expression,
      $.statement_expression,
      $.parenthesized_expression,
      $.identifier,
      $.number_literal,
      $._string,
      $.char_literal,
      $.true,
      $.false,
      $.null,
    ),

    assignment_expression: $ => prec.right(PREC.ASSIGNMENT, seq(
      field('left', $.expression),
      field('operator', choice('=', '*=', '/=', '%=', '+=', '-=', '<<=', '>>=', '&=', '^=', '|=')),
      field('right', $.expression),
    )),

    yield_expression: $ => prec.right(PREC.ASSIGNMENT, seq(
      'yield',
      optional(field('argument', $.expression)),
    )),

    await_expression: $ => prec.right(PREC.UNARY, seq('await', field('argument', $.expression))),

    unary_expression: $ => prec.right(PREC.UNARY, seq(
      field('operator', choice('!', '~', '-', '+', '__real', '__real__', '__imag', '__imag__')),
      field('argument', $.expression),
    )),

    pointer_expression: $ => prec.right(PREC.UNARY, seq(
      field('operator', choice('*', '&')),
      field('argument', $.expression),
    )),

    update_expression: $ => choice(
      prec.right(PREC.UNARY, seq(field('operator', choice('--', '++')), field('argument', $.expression))),
      prec.right(PREC.POSTFIX, seq(field('argument', $.expression), field('operator', choice('--', '++')))),
    ),

    extension_expression: $ => prec.right(PREC.UNARY, seq('__extension__', field('argument', $.expression))),

    label_address_expression: $ => seq('&&', field('label', $.statement_identifier)),

    cast_expression: $ => prec.right(PREC.CAST, seq(
      '(',
      field('type', $.type_descriptor),
      ')',
      field('value', $.expression),
    )),

    sizeof_expression: $ => prec.right(PREC.SIZEOF, seq('sizeof', $._type_or_operand)),

    alignof_expression: $ => prec.right(PREC.SIZEOF, seq(
      choice('__alignof__', '__alignof', 'alignof', '_Alignof'),
      $._type_or_operand,
    )),

    _type_or_operand: $ => prec.right(PREC.SIZEOF, choice(
      field('value', $.expression),
      seq('(', field('type', $.type_descriptor), ')'),
    )),

    subscript_expression: $ => prec(PREC.POSTFIX, seq(
      field('argument', $.expression),
      '[',
      field('index', choice($.expression, $.comma_expression)),
      ']',
    )),

    call_expression: $ => prec(PREC.POSTFIX, seq(
      field('function', $.expression),
      field('arguments', $.argument_list),
    )),

    field_expression: $ => prec(PREC.POSTFIX, seq(
      field('argument', $.expression),
      field('operator', choice('.', '->')),
      field('field', $._any_field),
    )),

    argument_list: $ => seq('(', optional(seq($.expression, repeat(seq(',', $.expression)))), ')'),

    parenthesized_expression: $ => seq('(', choice($.expression, $.comma_expression), ')'),

    statement_expression: $ => seq('(', field('body', $.compound_statement), ')'),

    generic_expression: $ => seq(
      '_Generic',
      '(',
      choice(field('value', $.expression), field('type', $.type_descriptor)),
      repeat1(seq(',', $.generic_association)),
      ')',
    ),

    generic_association: $ => seq(
      choice(field('type', $.type_descriptor), 'default'),
      ':',
      field('value', $.expression),
    ),

    offsetof_expression: $ => seq(
      choice('offsetof', '__builtin_offsetof'),
      '(',
      field('type', $.type_descriptor),
      ',',
      field('member', $._offsetof_member),
      ')',
    ),

    _offsetof_member: $ => choice(
      $._any_field,
      alias($._offsetof_field, $.field_expression),
      alias($._offsetof_subscript, $.subscript_expression),
    ),

    _offsetof_field: $ => seq(
      field('argument', $._offsetof_member),
      field('operator', choice('.', '->')),
      field('field', $._any_field),
    ),

    _offsetof_subscript: $ => seq(
      field('argument', $._offsetof_member),
      '[',
      field('index', choice($.expression, $.comma_expression)),
      ']',
    ),

    va_arg_expression: $ => seq(
      choice('va_arg', '__builtin_va_arg'),
      '(',
      field('value', $.expression),
      ',',
      field('type', $.type_descriptor),
      ')',
    ),

    types_compatible_expression: $ => seq(
      '__builtin_types_compatible_p',
      '(',
      field('left', $.type_descriptor),
      ',',
      field('right', $.type_descriptor),
      ')',
    ),

    convert_vector_expression: $ => seq(
      '__builtin_convertvector',
      '(',
      field('value', $.expression),
      ',',
      field('type', $.type_descriptor),
      ')',
    ),

    acc_new_expression: $ => seq(
      field('name', alias(choice(
        'acc_future_new',
        'acc_queue_new',
        'acc_lifo_queue_new',
        'acc_priority_queue_new',
      ), $.identifier)),
      '(',
      field('type', $.type_descriptor),
      repeat(seq(',', field('argument', $.expression))),
      ')',
    ),

    // asm

    gnu_asm_expression: $ => seq(
      choice('asm', '__asm__', '__asm'),
      repeat($.gnu_asm_qualifier),
      '(',
      field('assembly_code', $._string),
      optional(seq(
        field('output_operands', $.gnu_asm_output_operand_list),
        optional(seq(
          field('input_operands', $.gnu_asm_input_operand_list),
          optional(seq(
            field('clobbers', $.gnu_asm_clobber_list),
            optional(field('goto_labels', $.gnu_asm_goto_list)),
          )),
        )),
      )),
      ')',
    ),

    gnu_asm_qualifier: _ => choice('volatile', '__volatile', '__volatile__', 'inline', '__inline', '__inline__', 'goto', 'const', '__const', '__const__'),

    gnu_asm_output_operand: $ => $._asm_operand,

    gnu_asm_input_operand: $ => $._asm_operand,

    _asm_operand: $ => seq(
      optional(seq('[', field('symbol', $.identifier), ']')),
      field('constraint', $._string),
      '(',
      field('value', choice($.expression, $.comma_expression)),
      ')',
    ),

    // Initialisers

    initializer_list: $ => seq(
      '{',
      optional(seq(
        $._initializer,
        repeat(seq(',', $._initializer)),
        optional(','),
      )),
      '}',
    ),

    _initializer: $ => choice($.initializer_pair, $.expression, $.initializer_list),

    initializer_pair: $ => choice(
      seq(
        repeat1(field('designator', choice(
          $.subscript_designator,
          $.subscript_range_designator,
          $.field_designator,
        ))),
        optional('='),
        field('value', choice($.expression, $.initializer_list)),
      ),
      seq(
        field('designator', $._any_field),
        ':',
        field('value', choice($.expression, $.initializer_list)),
      ),
    ),

    field_designator: $ => seq('.', $._any_field),

    // Tokens

    number_literal: _ => {
      const digits = of => seq(of, repeat(seq(optional('\''), of)));
      const decimal = digits(/[0-9]/);
      const hex = digits(/[0-9a-fA-F]/);
      const exponent = letter => seq(letter, optional(/[-+]/), decimal);
      return token(seq(
        choice(
          seq(
            choice(seq(decimal, optional(seq('.', optional(decimal)))), seq('.', decimal)),
            optional(exponent(/[eE]/)),
          ),
          seq(
            /0[xX]/,
            choice(seq(hex, optional(seq('.', optional(hex)))), seq('.', hex)),
            optional(exponent(/[pP]/)),
          ),
          seq(/0[bB]/, digits(/[01]/)),
        ),
        optional(/[A-Za-z_][0-9A-Za-z_]*/),
      ));
    },

    char_literal: $ => seq(
      choice('L\'', 'u\'', 'U\'', 'u8\'', '\''),
      repeat1(choice(
        $.escape_sequence,
        alias(token.immediate(prec(1, /[^\\\n']/)), $.character),
      )),
      token.immediate('\''),
    ),

    // The identifiers are macros that stand for strings, PRIu64 for one.
    concatenated_string: $ => prec.right(seq(
      $.string_literal,
      repeat1(choice($.string_literal, $.identifier)),
    )),

    string_literal: $ => choice(
      seq(
        choice('L"', 'u"', 'U"', 'u8"', '"'),
        repeat(choice(
          alias(token.immediate(prec(1, /[^\\"\n]+/)), $.string_content),
          $.escape_sequence,
        )),
        token.immediate('"'),
      ),
      $.raw_string_literal,
    ),

    // Of GNU C's raw strings those without a delimiter of their own.
    raw_string_literal: _ => token(seq(
      /(L|u8|u|U)?R"\(/,
      /([^)]|\)+[^)"])*/,
      /\)+"/,
    )),

    escape_sequence: _ => token.immediate(prec(1, seq(
      '\\',
      choice(
        /[^xuU0-7\r]/,
        /\r?\n/,
        /[0-7]{1,3}/,
        /x[0-9a-fA-F]*/,
        /u[0-9a-fA-F]{0,4}/,
        /U[0-9a-fA-F]{0,8}/,
      ),
    ))),

    true: _ => 'true',
    false: _ => 'false',
    null: _ => 'nullptr',

    // Words, plain and marked

    _plain_word: _ => new RegExp(`([${WORD_START}]|\\\\u[0-9A-Fa-f]{4}|\\\\U[0-9A-Fa-f]{8})${WORD_REST}`, 'u'),
    _typedef_word: _ => new RegExp(`\\x01${WORD_REST}`, 'u'),
    _object_word: _ => new RegExp(`\\x02${WORD_REST}`, 'u'),

    // `async` is the one word of the dialect that stands where plain C may have a name, too: `int async;`.
    identifier: $ => choice($._plain_word, $._object_word, prec.dynamic(-100, 'async')),
    type_identifier: $ => choice($._plain_word, $._typedef_word),
    field_identifier: $ => choice($._plain_word, $._object_word),
    statement_identifier: $ => choice($._plain_word, $._object_word, $._typedef_word),

    // Where a word can be one thing only, any mark will do: it spares acc's scanner the rules for fields, labels and what is declared.
    _any_name: $ => choice($.identifier, prec(-1, alias($._typedef_word, $.identifier))),
    _any_type_name: $ => choice($.type_identifier, alias($._object_word, $.type_identifier)),
    _any_field: $ => choice($.field_identifier, alias($._typedef_word, $.field_identifier)),
  },
});
