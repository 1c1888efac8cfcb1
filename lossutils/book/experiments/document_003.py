"""Document 003: four losses drawn as curves, 100 points each."""

from lossutils import losses
from lossutils.book.experiments import exact
from lossutils.book.experiments.inputs import array, linspace
from lossutils.book.experiments.row import Counts, Number, Otherwise, Recipe, Row

ZEROS, ONES = array([0.0] * 100), array([1.0] * 100)
GRID, WIDE_GRID = linspace(-1.0, 1.0, 100), linspace(-3.0, 5.0, 100)

# A table: the fields of a row stay close together.
# fmt: off
ROWS = (
    Row("003-1", line=67, kind="experiment", chapter="regression-losses",
        title="L1 curve at 100 points",
        verdict="reproduces",
        finding="All 100 numbers, if the grid is made as TensorFlow makes it, start plus a "
                "multiple of a float32 step.",
        inputs={"y_true": ZEROS, "y_pred": GRID},
        numbers=[Number("loss_l1", """
            1. 0.97979796 0.959596 0.93939394 0.9191919 0.8989899 0.8787879 0.85858583 0.83838385
            0.8181818 0.79797983 0.7777778 0.75757575 0.7373737 0.7171717 0.6969697 0.6767677
            0.65656567 0.6363636 0.6161616 0.5959596 0.57575756 0.5555556 0.53535354 0.5151515
            0.49494952 0.47474748 0.45454544 0.43434346 0.41414142 0.39393938 0.3737374 0.35353535
            0.3333333 0.31313133 0.2929293 0.27272725 0.25252527 0.23232323 0.21212119 0.19191921
            0.17171717 0.15151513 0.13131315 0.1111111 0.09090906 0.07070708 0.05050504 0.030303
            0.01010102 0.01010096 0.030303 0.05050504 0.07070708 0.09090912 0.11111116 0.13131309
            0.15151513 0.17171717 0.19191921 0.21212125 0.23232329 0.2525252 0.27272725 0.2929293
            0.31313133 0.33333337 0.3535353 0.37373734 0.39393938 0.41414142 0.43434346 0.4545455
            0.47474742 0.49494946 0.5151515 0.53535354 0.5555556 0.5757576 0.59595954 0.6161616
            0.6363636 0.65656567 0.6767677 0.69696975 0.71717167 0.7373737 0.75757575 0.7777778
            0.79797983 0.8181819 0.8383838 0.85858583 0.8787879 0.8989899 0.91919196 0.939394
            0.9595959 0.97979796 1.
        """, Recipe(
            tensorflow=lambda tf, y_true, y_pred: tf.abs(y_pred - y_true),
            numpy=losses.absolute_error,
            mpmath=lambda mp, y_true, y_pred: [
                abs(p - t) for t, p in zip(y_true, y_pred, strict=True)
            ]))],
        recorded=Counts(100, tensorflow=(100, 100), numpy=(100, 100))),
    Row("003-2", line=104, kind="experiment", chapter="regression-losses",
        title="L2 curve at 100 points",
        verdict="reproduces",
        finding="All 100 numbers; the text calls it a sum of squares, the code squares element by "
                "element.",
        mistake="The text says sum of squares; the code squares element by element.",
        inputs={"y_true": ZEROS, "y_pred": GRID},
        numbers=[Number("loss_l2", """
            1.00000000e+00 9.60004032e-01 9.20824468e-01 8.82460952e-01 8.44913721e-01
            8.08182895e-01 7.72268116e-01 7.37169623e-01 7.02887475e-01 6.69421494e-01
            6.36771798e-01 6.04938269e-01 5.73921025e-01 5.43720007e-01 5.14335275e-01
            4.85766739e-01 4.58014518e-01 4.31078464e-01 4.04958665e-01 3.79655093e-01
            3.55167836e-01 3.31496775e-01 3.08642000e-01 2.86603421e-01 2.65381068e-01
            2.44975030e-01 2.25385174e-01 2.06611559e-01 1.88654244e-01 1.71513110e-01
            1.55188233e-01 1.39679641e-01 1.24987245e-01 1.11111097e-01 9.80512276e-02
            8.58075693e-02 7.43801519e-02 6.37690127e-02 5.39740846e-02 4.49953973e-02
            3.68329808e-02 2.94867847e-02 2.29568332e-02 1.72431413e-02 1.23456772e-02
            8.26445781e-03 4.99949139e-03 2.55075935e-03 9.18271893e-04 1.02030615e-04
            1.02029408e-04 9.18271893e-04 2.55075935e-03 4.99949139e-03 8.26446898e-03
            1.23456912e-02 1.72431264e-02 2.29568332e-02 2.94867847e-02 3.68329808e-02
            4.49954234e-02 5.39741106e-02 6.37689829e-02 7.43801519e-02 8.58075693e-02
            9.80512276e-02 1.11111134e-01 1.24987207e-01 1.39679596e-01 1.55188233e-01
            1.71513110e-01 1.88654244e-01 2.06611603e-01 2.25385115e-01 2.44974971e-01
            2.65381068e-01 2.86603421e-01 3.08642000e-01 3.31496835e-01 3.55167776e-01
            3.79655093e-01 4.04958665e-01 4.31078464e-01 4.58014518e-01 4.85766828e-01
            5.14335215e-01 5.43720007e-01 5.73921025e-01 6.04938269e-01 6.36771798e-01
            6.69421554e-01 7.02887356e-01 7.37169623e-01 7.72268116e-01 8.08182895e-01
            8.44913840e-01 8.82461071e-01 9.20824349e-01 9.60004032e-01 1.00000000e+00
        """, Recipe(
            tensorflow=lambda tf, y_true, y_pred: tf.square(y_pred - y_true),
            numpy=losses.squared_error,
            mpmath=lambda mp, y_true, y_pred: [
                (p - t) ** 2 for t, p in zip(y_true, y_pred, strict=True)
            ]))],
        recorded=Counts(100, tensorflow=(100, 100), numpy=(100, 100))),
    Row("003-3", line=145, kind="snippet (nothing printed)", chapter="regression-losses",
        title="Mean squared error of the grid",
        verdict="the snippet has an error",
        finding="tf.reduce.mean is not a name; tf.reduce_mean gives 0.34007, which is 101/297.",
        mistake="tf.reduce.mean does not exist; tf.reduce_mean does.",
        inputs={"y_true": ZEROS, "y_pred": GRID}),
    Row("003-4", line=92, kind="claim", chapter="regression-losses",
        title="L1 is not smooth at the target",
        verdict="true",
        finding="The slope jumps from -1 to 1; TensorFlow takes 0 at the kink."),
    Row("003-5", line=150, kind="claim", chapter="regression-losses",
        title="Pseudo-Huber is a piecewise function",
        verdict="false",
        finding="Pseudo-Huber is one smooth formula; Huber is the piecewise one."),
    Row("003-6", line=173, kind="snippet (nothing printed)", chapter="hinge",
        title="Hinge curve at 100 points",
        verdict="nothing printed, runs after a change",
        finding="With tf.multiply instead of tf.mul the curve falls from 4 to 0, which it reaches "
                "at a score of 1.",
        mistake="tf.mul was removed in TensorFlow 1.0; the new grid and target are described and "
                "not shown.",
        inputs={"y_true": ONES, "y_pred": WIDE_GRID}),
    Row("003-7", line=177, kind="formula (image lost)", chapter="sigmoid-cross-entropy",
        title="Two-class cross-entropy on the same grid",
        verdict="cannot be evaluated as stated",
        finding="A probability lies between 0 and 1; of the 100 points of the grid from -3 to 5 "
                "only 12 do, and the formula gives nan for the others.",
        mistake="The predictions are not probabilities.",
        inputs={"y_true": ONES, "y_pred": WIDE_GRID}),
    Row("003-8", line=190, kind="experiment", chapter="swapped-arguments",
        title="Sigmoid cross-entropy at 100 points",
        verdict="reproduces only with the document's mistake",
        finding="Labels and logits are swapped, so the curve is a straight line and 46 of its 100 "
                "losses are negative.",
        mistake="Labels and logits are swapped; y_targets, as it is called there, is never "
                "defined.",
        inputs={"y_true": ONES, "y_pred": WIDE_GRID},
        numbers=[Number("loss_sce", """
            4.3132615 4.2324533 4.1516457 4.0708375 3.9900293 3.9092214 3.8284132 3.747605
            3.6667972 3.585989 3.505181 3.424373 3.3435647 3.2627566 3.1819487 3.1011405 3.0203326
            2.9395244 2.8587162 2.777908 2.6971002 2.616292 2.535484 2.454676 2.3738678 2.2930598
            2.2122517 2.1314435 2.0506356 1.9698274 1.8890193 1.8082113 1.7274032 1.646595
            1.5657871 1.4849789 1.4041708 1.3233628 1.2425547 1.1617465 1.0809386 1.0001304
            0.91932225 0.8385143 0.75770617 0.676898 0.5960901 0.5152819 0.43447372 0.3536658
            0.27285787 0.19204971 0.11124155 0.03043339 -0.05037478 -0.13118294 -0.21199062
            -0.2927988 -0.37360695 -0.4544151 -0.53522325 -0.6160314 -0.6968391 -0.77764726
            -0.8584554 -0.9392636 -1.0200717 -1.1008794 -1.1816876 -1.2624958 -1.3433039
            -1.4241121 -1.5049202 -1.5857279 -1.6665361 -1.7473443 -1.8281524 -1.9089606
            -1.9897687 -2.0705764 -2.1513846 -2.2321928 -2.313001 -2.393809 -2.4746172 -2.555425
            -2.636233 -2.7170413 -2.7978494 -2.8786576 -2.9594657 -3.0402734 -3.1210816 -3.2018898
            -3.282698 -3.363506 -3.4443142 -3.525122 -3.60593 -3.6867383
        """, Recipe(
            tensorflow=lambda tf, y_true, y_pred: tf.nn.sigmoid_cross_entropy_with_logits(
                labels=y_pred, logits=y_true
            ),
            numpy=lambda y_true, y_pred: losses.sigmoid_cross_entropy_with_logits(
                labels=y_pred, logits=y_true
            ),
            mpmath=lambda mp, y_true, y_pred: exact.sigmoid_cross_entropy(
                mp, labels=y_pred, logits=y_true
            )))],
        recorded=Counts(100, tensorflow=(83, 87), numpy=(57, 65)),
        reason="the 17 numbers that differ come from one constant: log(1 + exp(-1)) was "
               "0.31326172 in the document's build and is 0.3132617 in this one; with the "
               "document's all 100 agree to every digit",
        otherwise=Otherwise(
            "with labels and logits the right way round", one_unit=0,
            tensorflow=lambda tf, y_true, y_pred: tf.nn.sigmoid_cross_entropy_with_logits(
                labels=y_true, logits=y_pred
            ))),
    Row("003-9", line=229, kind="experiment", chapter="swapped-arguments",
        title="Weighted cross-entropy at 100 points",
        verdict="reproduces only with the document's mistake",
        finding="The same swap: a straight line, 48 of 100 losses negative; right would be half "
                "the sigmoid cross-entropy, since every target is 1.",
        mistake="Labels and logits are swapped, by position.",
        inputs={"y_true": ONES, "y_pred": WIDE_GRID, "pos_weight": array(0.5)},
        numbers=[Number("loss_wce", """
            4.7831545 4.689689 4.5962243 4.502759 4.4092937 4.315829 4.2223635 4.128898 4.0354333
            3.9419682 3.848503 3.755038 3.661573 3.5681076 3.4746428 3.3811774 3.2877126 3.1942472
            3.1007822 3.0073168 2.913852 2.8203866 2.7269218 2.6334565 2.5399914 2.4465265
            2.3530612 2.2595959 2.166131 2.072666 1.9792006 1.8857356 1.7922704 1.6988052
            1.6053402 1.5118752 1.4184098 1.324945 1.2314798 1.1380146 1.0445496 0.9510844
            0.85761917 0.7641542 0.670689 0.5772238 0.48375884 0.3902936 0.2968284 0.20336346
            0.10989852 0.01643331 -0.0770319 -0.17049712 -0.26396233 -0.35742754 -0.4508922
            -0.5443574 -0.6378226 -0.73128784 -0.82475305 -0.91821826 -1.011683 -1.1051482
            -1.1986134 -1.2920786 -1.3855438 -1.4790084 -1.5724736 -1.6659389 -1.7594041
            -1.8528693 -1.9463346 -2.0397992 -2.1332645 -2.2267296 -2.3201947 -2.41366 -2.5071254
            -2.60059 -2.694055 -2.7875204 -2.8809855 -2.9744508 -3.067916 -3.1613808 -3.2548459
            -3.3483112 -3.4417763 -3.5352416 -3.6287067 -3.7221713 -3.8156366 -3.909102 -4.0025673
            -4.096032 -4.1894975 -4.2829623 -4.376427 -4.4698925
        """, Recipe(
            tensorflow=lambda tf, y_true, y_pred, pos_weight: (
                tf.nn.weighted_cross_entropy_with_logits(
                    labels=y_pred, logits=y_true, pos_weight=pos_weight
                )
            ),
            numpy=lambda y_true, y_pred, pos_weight: losses.weighted_cross_entropy_with_logits(
                labels=y_pred, logits=y_true, pos_weight=pos_weight
            ),
            mpmath=lambda mp, y_true, y_pred, pos_weight: exact.sigmoid_cross_entropy(
                mp, labels=y_pred, logits=y_true, pos_weight=pos_weight
            )))],
        recorded=Counts(100, tensorflow=(84, 85), numpy=(77, 78)),
        reason="the 16 numbers that differ come from the same constant as in row 003-8",
        otherwise=Otherwise(
            "with labels and logits the right way round", one_unit=0,
            tensorflow=lambda tf, y_true, y_pred, pos_weight: (
                tf.nn.weighted_cross_entropy_with_logits(
                    labels=y_true, logits=y_pred, pos_weight=pos_weight
                )
            ))),
    Row("003-10", line=218, kind="claim", chapter="sigmoid-cross-entropy",
        title="The sigmoid makes the loss grow less steeply far from the target",
        verdict="misleading",
        finding="Against the probability it is the same curve; against the logit it grows with "
                "slope -1; the document's own numbers are a straight line because of the swap."),
    Row("003-11", line=269, kind="experiment (nothing printed)", chapter="swapped-arguments",
        title="Softmax cross-entropy of one example",
        verdict="runs, with labels and logits swapped",
        finding="The labels passed sum to 8 and hold a negative number, and TensorFlow does not "
                "object; the right value is 1.1601.",
        mistake="Labels and logits are swapped.",
        inputs={"y_true": array([[0.1, 0.02, 0.88]]), "y_pred": array([[1.0, -3.0, 10.0]])}),
    Row("003-12", line=275, kind="experiment (nothing printed)", chapter="sparse-labels",
        title="Sparse cross-entropy as a Keras class and as a function",
        verdict="nothing printed, computed here",
        finding="The function gives one value per example, the class their mean, 1.1769; the "
                "document makes the class and never calls it.",
        mistake="The class is made and never called; the reduction named in its signature no "
                "longer exists.",
        inputs={
            "y_true": array([1, 2], "int32"),
            "y_pred": array([[0.05, 0.95, 0.0], [0.1, 0.8, 0.1]]),
        }),
    Row("003-13", line=277, kind="claim", chapter="sparse-labels",
        title="Both make one-hot labels first",
        verdict="false of the implementation",
        finding="No one-hot array is needed: the column of the true class is picked, and the row "
                "of probabilities is clipped and renormalised on the way."),
    Row("003-14", line=25, kind="claim", chapter="what-is-a-loss",
        title="Loss, cost and objective are one inside the other",
        verdict="one usage among several",
        finding="Loss per example, its mean over the data, that plus a penalty: a useful "
                "distinction, which many authors do not make."),
    Row("003-15", line=305, kind="claim", chapter="choosing-a-loss",
        title="Mean squared error for regression, sigmoid cross-entropy for classification",
        verdict="too broad",
        finding="Sigmoid cross-entropy fits two classes or several independent labels; one class "
                "out of several needs the softmax."),
    Row("003-16", line=148, kind="claim", chapter="regression-losses",
        title="The closer to the target, the slower L2 converges",
        verdict="true of the step, not of the rate",
        finding="The gradient shrinks with the residual, so each step of gradient descent removes "
                "the same fraction of it."),
)
