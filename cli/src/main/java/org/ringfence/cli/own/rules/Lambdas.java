package org.ringfence.cli.own.rules;

import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.LineNumber;
import java.lang.constant.ClassDesc;
import java.util.function.Consumer;

/**
 * Finds routines that are written as lambdas or method references.
 *
 * @param told is told of each
 */
record Lambdas(ClassFiles classes, Consumer<Violation> told) {

    void judge(ClassModel type) {
        for (MethodModel method : type.methods()) {
            method.code().ifPresent(code -> {
                int line = 0;
                for (CodeElement element : code) {
                    if (element instanceof LineNumber number) {
                        line = number.line();
                    } else if (element instanceof InvokeDynamicInstruction lambda
                            && isRoutine(lambda.typeSymbol().returnType())) {
                        told.accept(new Violation(
                                Rule.LAMBDA,
                                type.thisClass().asInternalName().replace('/', '.'),
                                method.methodName().stringValue(),
                                ClassFiles.source(type),
                                line,
                                "writes a routine as a lambda",
                                ""));
                    }
                }
            });
        }
    }

    private boolean isRoutine(ClassDesc type) {
        if (!type.isClassOrInterface()) {
            return false;
        }
        String name = Code.internal(type);
        return classes.isInterface(name) && classes.isA(name, RoutineRules.ROUTINE);
    }
}
