package org.ringfence.cli.own;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassHierarchyResolver.ClassHierarchyInfo;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Label;
import java.lang.classfile.MethodModel;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.LabelTarget;
import java.lang.classfile.instruction.LookupSwitchInstruction;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.classfile.instruction.TableSwitchInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Has each loop of a class ask {@link Patience} now and then, so that one without an end, and without an operation at
 * which the checker could stop it, ends in a sentence with its line. A thread cannot be stopped from outside.
 *
 * @param own all classes that are loaded so, by their internal names
 * @param others finds all else
 */
record PatientLoops(Map<String, ClassModel> own, ClassLoader others) {
    /** A loop asks each time it has gone round so often: a power of two. */
    private static final int ROUNDS = 256;

    private static final ClassDesc PATIENCE = ClassDesc.of(Patience.class.getName());
    private static final MethodTypeDesc GO_ON = MethodTypeDesc.of(ConstantDescs.CD_long, ConstantDescs.CD_long);

    /** The class file, its loops asking. */
    byte[] of(ClassModel model) {
        ClassFile writer = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(resolver()));
        return writer.transformClass(
                model,
                ClassTransform.transformingMethodBodies(
                        PatientLoops::hasLoop, CodeTransform.ofStateful(Asking::new)));
    }

    private ClassHierarchyResolver resolver() {
        ClassHierarchyResolver ofOwn = type -> {
            String descriptor = type.descriptorString();
            ClassModel model = own.get(descriptor.substring(1, descriptor.length() - 1));
            return model == null ? null : info(model);
        };
        return ofOwn.orElse(ClassHierarchyResolver.ofClassLoading(others));
    }

    private static ClassHierarchyInfo info(ClassModel model) {
        return model.flags().has(AccessFlag.INTERFACE)
                ? ClassHierarchyInfo.ofInterface()
                : ClassHierarchyInfo.ofClass(
                        model.superclass().map(above -> above.asSymbol()).orElse(ConstantDescs.CD_Object));
    }

    private static boolean hasLoop(MethodModel method) {
        Set<Label> seen = new HashSet<>();
        return method.code().map(code -> {
            for (CodeElement element : code) {
                if (goesBack(element, seen)) {
                    return true;
                }
            }
            return false;
        }).orElse(false);
    }

    /**
     * Whether {@code element} is a jump to a label among those {@code seen}, to which it is added if it is one itself.
     */
    private static boolean goesBack(CodeElement element, Set<Label> seen) {
        return switch (element) {
            case LabelTarget target -> {
                seen.add(target.label());
                yield false;
            }
            case BranchInstruction branch -> seen.contains(branch.target());
            case TableSwitchInstruction branch -> goesBack(branch.cases(), branch.defaultTarget(), seen);
            case LookupSwitchInstruction branch -> goesBack(branch.cases(), branch.defaultTarget(), seen);
            default -> false;
        };
    }

    private static boolean goesBack(List<SwitchCase> cases, Label otherwise, Set<Label> seen) {
        return seen.contains(otherwise) || cases.stream().anyMatch(one -> seen.contains(one.target()));
    }

    /** Counts the rounds of all loops of one run of a method together. */
    private static final class Asking implements CodeTransform {
        private final Set<Label> seen = new HashSet<>();
        private int rounds = -1;
        private int since;

        @Override
        public void atStart(CodeBuilder builder) {
            rounds = builder.allocateLocal(TypeKind.INT);
            since = builder.allocateLocal(TypeKind.LONG);
            builder.iconst_0().istore(rounds).lconst_0().lstore(since);
        }

        @Override
        public void accept(CodeBuilder builder, CodeElement element) {
            if (goesBack(element, seen)) {
                Label on = builder.newLabel();
                builder.iinc(rounds, 1)
                        .iload(rounds)
                        .sipush(ROUNDS - 1)
                        .iand()
                        .ifne(on)
                        .lload(since)
                        .invokestatic(PATIENCE, "goOn", GO_ON)
                        .lstore(since)
                        .labelBinding(on);
            }
            builder.with(element);
        }
    }
}
