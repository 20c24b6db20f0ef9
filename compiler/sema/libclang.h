/* libclang.h: libclang's functions, found in the library when the first of them is called. Loading it takes longer than reading a
 * short file, and a file of plain C, --help or a link need none of it. Whoever calls a function of libclang includes this instead of
 * clang-c/Index.h, and has its name in both lists. */
#ifndef ACC_LIBCLANG_H
#define ACC_LIBCLANG_H

#include <clang-c/Index.h>

#define LIBCLANG_FUNCTIONS(X)       \
    X(Cursor_getArgument)           \
    X(Cursor_getNumArguments)       \
    X(Cursor_getStorageClass)       \
    X(Cursor_hasAttrs)              \
    X(Cursor_isAnonymous)           \
    X(Cursor_isNull)                \
    X(Type_getAlignOf)              \
    X(Type_getNamedType)            \
    X(Type_getSizeOf)               \
    X(Type_getValueType)            \
    X(Type_visitFields)             \
    X(createIndex)                  \
    X(disposeDiagnostic)            \
    X(disposeDiagnosticSet)         \
    X(disposeIndex)                 \
    X(disposeString)                \
    X(disposeTranslationUnit)       \
    X(getArgType)                   \
    X(getArrayElementType)          \
    X(getArraySize)                 \
    X(getCString)                   \
    X(getCanonicalType)             \
    X(getChildDiagnostics)          \
    X(getCursorExtent)              \
    X(getCursorKind)                \
    X(getCursorLocation)            \
    X(getCursorReferenced)          \
    X(getCursorSemanticParent)      \
    X(getCursorSpelling)            \
    X(getCursorType)                \
    X(getDiagnostic)                \
    X(getDiagnosticCategoryText)    \
    X(getDiagnosticInSet)           \
    X(getDiagnosticLocation)        \
    X(getDiagnosticNumRanges)       \
    X(getDiagnosticOption)          \
    X(getDiagnosticRange)           \
    X(getDiagnosticSeverity)        \
    X(getDiagnosticSpelling)        \
    X(getFileLocation)              \
    X(getNullCursor)                \
    X(getNumArgTypes)               \
    X(getNumDiagnostics)            \
    X(getNumDiagnosticsInSet)       \
    X(getPointeeType)               \
    X(getRangeEnd)                  \
    X(getRangeStart)                \
    X(getResultType)                \
    X(getTranslationUnitCursor)     \
    X(getTypeDeclaration)           \
    X(getTypeSpelling)              \
    X(getTypedefDeclUnderlyingType) \
    X(getUnqualifiedType)           \
    X(isConstQualifiedType)         \
    X(isDeclaration)                \
    X(isExpression)                 \
    X(isFunctionTypeVariadic)       \
    X(isRestrictQualifiedType)      \
    X(isVolatileQualifiedType)      \
    X(parseTranslationUnit2)        \
    X(visitChildren)

typedef struct Libclang {
#define LIBCLANG_FUNCTION(f) __typeof__(clang_##f) *f;
    LIBCLANG_FUNCTIONS(LIBCLANG_FUNCTION)
#undef LIBCLANG_FUNCTION
} Libclang;

const Libclang *libclang(void); /* loads it; ends the process with what to do where it is not there */

#define clang_Cursor_getArgument libclang()->Cursor_getArgument
#define clang_Cursor_getNumArguments libclang()->Cursor_getNumArguments
#define clang_Cursor_getStorageClass libclang()->Cursor_getStorageClass
#define clang_Cursor_hasAttrs libclang()->Cursor_hasAttrs
#define clang_Cursor_isAnonymous libclang()->Cursor_isAnonymous
#define clang_Cursor_isNull libclang()->Cursor_isNull
#define clang_Type_getAlignOf libclang()->Type_getAlignOf
#define clang_Type_getNamedType libclang()->Type_getNamedType
#define clang_Type_getSizeOf libclang()->Type_getSizeOf
#define clang_Type_getValueType libclang()->Type_getValueType
#define clang_Type_visitFields libclang()->Type_visitFields
#define clang_createIndex libclang()->createIndex
#define clang_disposeDiagnostic libclang()->disposeDiagnostic
#define clang_disposeDiagnosticSet libclang()->disposeDiagnosticSet
#define clang_disposeIndex libclang()->disposeIndex
#define clang_disposeString libclang()->disposeString
#define clang_disposeTranslationUnit libclang()->disposeTranslationUnit
#define clang_getArgType libclang()->getArgType
#define clang_getArrayElementType libclang()->getArrayElementType
#define clang_getArraySize libclang()->getArraySize
#define clang_getCString libclang()->getCString
#define clang_getCanonicalType libclang()->getCanonicalType
#define clang_getChildDiagnostics libclang()->getChildDiagnostics
#define clang_getCursorExtent libclang()->getCursorExtent
#define clang_getCursorKind libclang()->getCursorKind
#define clang_getCursorLocation libclang()->getCursorLocation
#define clang_getCursorReferenced libclang()->getCursorReferenced
#define clang_getCursorSemanticParent libclang()->getCursorSemanticParent
#define clang_getCursorSpelling libclang()->getCursorSpelling
#define clang_getCursorType libclang()->getCursorType
#define clang_getDiagnostic libclang()->getDiagnostic
#define clang_getDiagnosticCategoryText libclang()->getDiagnosticCategoryText
#define clang_getDiagnosticInSet libclang()->getDiagnosticInSet
#define clang_getDiagnosticLocation libclang()->getDiagnosticLocation
#define clang_getDiagnosticNumRanges libclang()->getDiagnosticNumRanges
#define clang_getDiagnosticOption libclang()->getDiagnosticOption
#define clang_getDiagnosticRange libclang()->getDiagnosticRange
#define clang_getDiagnosticSeverity libclang()->getDiagnosticSeverity
#define clang_getDiagnosticSpelling libclang()->getDiagnosticSpelling
#define clang_getFileLocation libclang()->getFileLocation
#define clang_getNullCursor libclang()->getNullCursor
#define clang_getNumArgTypes libclang()->getNumArgTypes
#define clang_getNumDiagnostics libclang()->getNumDiagnostics
#define clang_getNumDiagnosticsInSet libclang()->getNumDiagnosticsInSet
#define clang_getPointeeType libclang()->getPointeeType
#define clang_getRangeEnd libclang()->getRangeEnd
#define clang_getRangeStart libclang()->getRangeStart
#define clang_getResultType libclang()->getResultType
#define clang_getTranslationUnitCursor libclang()->getTranslationUnitCursor
#define clang_getTypeDeclaration libclang()->getTypeDeclaration
#define clang_getTypeSpelling libclang()->getTypeSpelling
#define clang_getTypedefDeclUnderlyingType libclang()->getTypedefDeclUnderlyingType
#define clang_getUnqualifiedType libclang()->getUnqualifiedType
#define clang_isConstQualifiedType libclang()->isConstQualifiedType
#define clang_isDeclaration libclang()->isDeclaration
#define clang_isExpression libclang()->isExpression
#define clang_isFunctionTypeVariadic libclang()->isFunctionTypeVariadic
#define clang_isRestrictQualifiedType libclang()->isRestrictQualifiedType
#define clang_isVolatileQualifiedType libclang()->isVolatileQualifiedType
#define clang_parseTranslationUnit2 libclang()->parseTranslationUnit2
#define clang_visitChildren libclang()->visitChildren

#endif
