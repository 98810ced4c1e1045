package org.ringfence.cli.own.rules;

import java.lang.classfile.Attributes;
import java.lang.classfile.ClassModel;
import java.lang.classfile.FieldModel;
import java.lang.classfile.attribute.RecordComponentInfo;
import java.lang.constant.ClassDesc;
import java.lang.reflect.AccessFlag;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Judges what a routine's class is: a record or an enum, of components that cannot change.
 *
 * @param told is told of each violation
 */
record Shape(ClassFiles classes, Consumer<Violation> told) {
    private static final Set<String> VALUES = Set.of(
            "java/lang/String", "java/lang/Integer", "java/lang/Long", "java/lang/Short", "java/lang/Byte",
            "java/lang/Character", "java/lang/Boolean", "java/lang/Float", "java/lang/Double", "java/math/BigInteger",
            "java/math/BigDecimal", "java/util/Locale", "java/lang/Class");

    private static final Set<String> OPEN = Set.of("java/lang/Object", "java/util/List", "java/lang/Enum",
            "java/lang/Record", "java/lang/Comparable", "java/lang/Number");

    void judge(ClassModel type) {
        String name = type.thisClass().asInternalName();
        boolean routine = classes.isA(name, RoutineRules.ROUTINE) && !classes.isInterface(name);
        if (!routine) {
            return;
        }
        if (!classes.isRecord(name) && !classes.isEnum(name)) {
            tell(type, Rule.RECORD_OR_ENUM, "is a routine and neither a record nor an enum");
        }
        if (classes.isRecord(name)) {
            for (RecordComponentInfo component : type.findAttribute(Attributes.record())
                    .map(attribute -> attribute.components())
                    .orElse(List.of())) {
                component(type, component.name().stringValue(), component.descriptorSymbol());
            }
        } else if (classes.isEnum(name)) {
            for (FieldModel field : type.fields()) {
                if (!field.flags().has(AccessFlag.STATIC)
                        && (!field.flags().has(AccessFlag.FINAL) || !isValue(field.fieldTypeSymbol()))) {
                    tell(type, Rule.STATICS, "keeps the field %s, which could change".formatted(
                            field.fieldName().stringValue()));
                }
            }
        }
    }

    private void component(ClassModel type, String component, ClassDesc of) {
        if (of.isPrimitive()) {
            return;
        }
        String name = of.isArray() ? "" : Code.internal(of);
        Optional<ForbiddenCall.Verdict> forbidden = of.isArray() || classes.isOwn(name)
                ? Optional.empty()
                : ForbiddenCall.type(name);
        if (forbidden.isPresent()) {
            tell(type, forbidden.get().rule(), "has the component %s of type %s and so %s"
                    .formatted(component, of.displayName(), forbidden.get().what()));
            return;
        }
        boolean may = !of.isArray()
                && (isValue(of) || OPEN.contains(name) || classes.isRecord(name) || classes.isInterface(name)
                        && !name.startsWith("java/"));
        if (!may) {
            tell(type, Rule.COMPONENTS, "has the component %s of type %s, which could change"
                    .formatted(component, of.displayName()));
        }
    }

    /** Whether what a constant of this type holds can never change. */
    boolean isValue(ClassDesc type) {
        if (type.isPrimitive()) {
            return true;
        }
        if (type.isArray()) {
            return false;
        }
        String name = Code.internal(type);
        if (VALUES.contains(name) || classes.isEnum(name)) {
            return true;
        }
        ClassModel own = classes.find(name);
        if (!classes.isRecord(name) || own == null) {
            return classes.isRecord(name);
        }
        return own.fields().stream()
                .filter(field -> !field.flags().has(AccessFlag.STATIC))
                .map(FieldModel::fieldTypeSymbol)
                .allMatch(field -> !field.isArray() && (field.equals(type) || !field.isClassOrInterface()
                        || !Code.internal(field).startsWith("java/util/") && isValue(field)
                        || classes.isInterface(Code.internal(field)) && classes.isOwn(Code.internal(field))));
    }

    private void tell(ClassModel type, Rule rule, String what) {
        told.accept(new Violation(
                rule,
                type.thisClass().asInternalName().replace('/', '.'),
                "",
                ClassFiles.source(type),
                Code.firstLine(type),
                what,
                ""));
    }
}
